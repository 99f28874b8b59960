import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Client, makeClient } from './client.ts'
import { changedPlaybook } from './playbook-folder.ts'
import { startTrichter, type Trichter } from './trichter.ts'

/** PNGs of one pixel: white, and black. */
const [white, black] = [
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
].map((text) => Buffer.from(text, 'base64'))

const answer = z.looseObject({
  files: z.record(z.string(), z.string()).optional(),
  text: z.string().optional(),
})

const email = `---
subject: 'Look'
preheader: 'A picture'
kind: transactional
---
<mj-image src="assets/hall.png" alt="The hall" />
`

describe('a picture of the playbook', () => {
  let folder: string
  let trichter: Trichter
  let client: Client
  beforeAll(async () => {
    folder = await changedPlaybook(async (copy) => {
      await mkdir(join(copy, 'assets'))
      await writeFile(join(copy, 'assets/hall.png'), white ?? '')
      for (const language of ['de', 'en']) await writeFile(join(copy, `emails/look.${language}.mjml`), email)
      await writeFile(
        join(copy, 'sequences/look.yaml'),
        'id: look\nenter: { activity: hall.shown }\nreenter: always\nsteps:\n  - email: look\n',
      )
    })
    trichter = await startTrichter(['--memory', '--playbook', folder])
    client = makeClient(trichter.url)
  })
  afterAll(async () => {
    await trichter.stop()
    await rm(folder, { recursive: true })
  })

  const mailed = async (id: string): Promise<string> => {
    const subject = { email: `${id}@picture.example.net` }
    await client.postEvents([{ id, type: 'hall.shown', subject, properties: {} }])
    await client.settle()
    const [mail] = await client.inbox(subject.email)
    return /https?:\/\/[^"]*\/assets\/[0-9a-f]{32}\.png/.exec(mail?.html ?? '')?.[0] ?? ''
  }
  const fetched = async (address: string) => {
    const response = await fetch(new URL(new URL(address).pathname, trichter.url))
    return { response, content: Buffer.from(await response.arrayBuffer()) }
  }

  it('is shown as it was sent, also after another one has taken its place', async () => {
    const first = await mailed('one')
    const shown = await fetched(first)
    expect(shown.content).toEqual(white)
    expect(shown.response.headers.get('content-type')).toBe('image/png')
    expect(shown.response.headers.get('cache-control')).toContain('immutable')

    const call = (path: string, method: string, body?: object) =>
      fetch(`${trichter.url}${path}`, {
        method,
        headers: { authorization: 'Bearer local-admin', 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      }).then(async (response) => answer.parse(await response.json()))
    const { files } = await call('/api/playbook', 'GET')
    const { text } = await call('/api/playbook/assets', 'POST', { picture: black?.toString('base64') })
    await call('/api/playbook', 'PUT', { files: { ...files, 'assets/hall.png': text ?? '' } })
    expect(await call('/api/playbook/publish', 'POST')).toMatchObject({ version: expect.any(String) })

    const second = await mailed('two')
    expect(second).not.toBe(first)
    expect((await fetched(second)).content).toEqual(black)
    expect((await fetched(first)).content).toEqual(white)
  })
})
