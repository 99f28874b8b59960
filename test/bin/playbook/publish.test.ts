import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { publish } from '../../../bin/playbook/publish.ts'
import { smallPlaybook } from '../../domain/playbook/small-playbook.ts'
import { folderWith } from './folder-with.ts'

interface Asked {
  readonly call: string
  readonly token: string | undefined
  readonly body: string
}

const templates = join(import.meta.dirname, '../../../templates')
/** Read faster than the shipped one. */
const small = folderWith(smallPlaybook())
const said: string[] = []

beforeEach(() => {
  said.length = 0
  for (const channel of ['log', 'error'] as const)
    vi.spyOn(console, channel).mockImplementation((line: string) => {
      said.push(line)
    })
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** A console API that gives these answers in turn, as long as `work` takes. */
const answering = async (
  answers: readonly (readonly [status: number, body: unknown])[],
  work: (url: string) => Promise<void>,
): Promise<readonly Asked[]> => {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const [status, answer] = answers[asked.length] ?? [500, undefined]
    asked.push({ call: `${request.method} ${request.url}`, token: request.headers.authorization, body })
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  try {
    await work(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
  return asked
}

describe('npm run playbook -- publish', () => {
  it('saves the whole folder as the draft, publishes it, and says what is live', async () => {
    const own = { 'forms/old.yaml': 'x', 'settings.yaml': 'x' }
    const answers = [
      [200, { files: own }],
      [200, { savedAt: 'now', ok: true, errors: [] }],
      [200, { version: 'abc', warnings: [] }],
    ] as const
    const asked = await answering(answers, async (url) => {
      expect(await publish.run([templates, '--url', url, '--token', 'mine'])).toBe(0)
    })
    expect(asked.map(({ call, token }) => [call, token])).toEqual([
      ['GET /api/playbook', 'Bearer mine'],
      ['PUT /api/playbook', 'Bearer mine'],
      ['POST /api/playbook/publish', 'Bearer mine'],
    ])
    const { files }: { files: Record<string, string> } = JSON.parse(asked[1]?.body ?? '')
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['settings.yaml', 'emails/welcome.de.mjml']))
    const lines = said.join('\n').split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'Live: version abc',
        expect.stringMatching(/^Added: emails\/.* and \d+ more$/),
        'Changed: settings.yaml',
        'Removed: forms/old.yaml',
      ]),
    )
  })

  it('says when nothing has changed', async () => {
    const answers = [
      [200, { files: {} }],
      [200, {}],
      [200, { version: 'abc', unchanged: true, warnings: [] }],
    ] as const
    await answering(answers, async (url) => expect(await publish.run([small, '--url', url])).toBe(0))
    expect(said).toEqual(['This playbook is live already: version abc'])
  })

  it('sends nothing while there are faults, and tells where they are', async () => {
    const folder = folderWith(smallPlaybook({ 'scoring.yaml': 'fit: none\n' }))
    const asked = await answering([], async (url) =>
      expect(await publish.run([folder, '--url', url])).toBe(1),
    )
    expect(asked).toEqual([])
    expect(said.some((line) => line.startsWith('scoring.yaml:1:'))).toBe(true)
  })

  it('passes on why it was refused', async () => {
    const refusal = { title: 'Not allowed', detail: 'This needs one of the roles: marketing, admin.' }
    await answering([[403, refusal]], async (url) => expect(await publish.run([small, '--url', url])).toBe(1))
    expect(said).toEqual(['Not allowed: This needs one of the roles: marketing, admin.'])
  })

  it('says when nobody is there', async () => {
    let url = ''
    await answering([], async (free) => {
      url = free
    })
    expect(await publish.run([small, '--url', url])).toBe(1)
    expect(said).toEqual([
      `Nothing is running at ${url}: start it with npm start, or name another with --url.`,
    ])
  })

  it.each([[['a', 'b']], [['--url', 'nowhere']], [['--what']]])('makes no sense of %j', async (args) => {
    expect(await publish.run(args)).toBeUndefined()
  })
})
