import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

const leads = ['anna', 'béla', '=HYPERLINK("x")'].map((name, index) => ({ leadId: `lead-${index}`, name }))

/** Lists leads two to a page, for whoever has the token. */
const startApi = async (): Promise<Server> => {
  const server = createServer(({ url = '', headers }, response) => {
    response.setHeader('content-type', 'application/json')
    if (headers.authorization !== 'Bearer right') response.writeHead(401).end('{"message":"Unauthorized"}')
    else {
      const from = Number(new URL(url, 'http://x').searchParams.get('cursor') ?? 0)
      const items = leads.slice(from, from + 2)
      const next = from + 2 < leads.length ? { next: String(from + 2) } : {}
      response.end(JSON.stringify({ items, ...next }))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

describe('a list of leads as a file', () => {
  let folder: string
  let server: Server
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trichter-export-'))
    server = await startApi()
  })
  afterEach(async () => {
    server.close()
    await rm(folder, { recursive: true, force: true })
  })

  const run = async (file: string, token: string) => {
    const { port } = server.address() as AddressInfo
    const [, ...command] = packageJson.scripts.export.split(' ')
    const args = [...command, file, '--url', `http://127.0.0.1:${port}`, '--token', token]
    try {
      const { stdout } = await promisify(execFile)(process.execPath, args)
      return { status: 0, said: stdout.trim() }
    } catch (error) {
      const { code, stderr } = error as { readonly code: number; readonly stderr: string }
      return { status: code, said: stderr.trim() }
    }
  }

  it('holds everybody, and no cell is a formula', async () => {
    const file = join(folder, 'leads.csv')
    expect(await run(file, 'right')).toEqual({ status: 0, said: `3 leads in ${file}` })
    const text = await readFile(file, 'utf8')
    for (const name of ['anna', 'béla', `'=HYPERLINK`]) expect(text).toContain(name)
    expect(await readdir(folder)).toEqual(['leads.csv'])
  })

  it('stays as it was where no new one can be had', async () => {
    const file = join(folder, 'leads.csv')
    await writeFile(file, 'yesterday')
    expect(await run(file, 'wrong')).toEqual({
      status: 1,
      said: 'The API answered 401: --token is not valid, or no longer.',
    })
    expect(await readFile(file, 'utf8')).toBe('yesterday')
    expect(await readdir(folder)).toEqual(['leads.csv'])
  })

  it('is refused in one line where there is no such folder', async () => {
    const { status, said } = await run(join(folder, 'nowhere', 'leads.csv'), 'right')
    expect(status).toBe(1)
    expect(said).toMatch(/^ENOENT.*nowhere.*$/)
  })
})
