import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ExecutionEnvironment } from '../../../local/lambda/execution-environment.ts'
import type { AwsCall } from '../../../local/lambda/invocation.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'environment-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const source = `// A line that the bundle has not.
export const handler = async (event: { readonly asks: string }): Promise<unknown> => {
  if (event.asks === 'stack') throw new TypeError('not so')
  const { request } = await import('node:http')
  if (event.asks === 'aws') {
    const body = Buffer.from('{"asked":1}')
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=a/20261202/eu-central-1/dynamodb/aws4_request' }
    const send = () =>
      new Promise((resolve) => request({ host: '127.0.0.1', port: 1, headers }, resolve).end(body))
    await send()
    await send()
  }
  return { options: process.env.NODE_OPTIONS, loaded: process.moduleLoadList }
}
`

/** The answer of a bundle, in an environment that reads source maps as all functions of the stack do. @param heard what it asks of AWS */
const answerTo = async (asks: string, heard: AwsCall[] = []) => {
  writeFileSync(join(folder, 'handler.ts'), source)
  const outfile = join(folder, 'index.mjs')
  buildSync({
    ...{ entryPoints: [join(folder, 'handler.ts')], outfile, bundle: true, minify: true },
    ...{ format: 'esm', platform: 'node', sourcemap: 'linked' },
  })
  const environment = new ExecutionEnvironment({
    memoryMb: 128,
    variables: { NODE_OPTIONS: '--enable-source-maps', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    onStderr: () => undefined,
    callAws: async (call) => {
      heard.push(call)
      return { status: 500, headers: {}, body: '' }
    },
    setup: {
      ...{ folder, handler: 'index.handler', clock: new SharedArrayBuffer(8), functionName: 'one' },
      ...{ functionArn: 'arn', memoryMb: '128', logGroup: 'logs', compiled: join(folder, 'compiled') },
      nodeOptions: '--enable-source-maps',
    },
  })
  const event = JSON.stringify({ asks })
  const result = await environment.invoke({ type: 'start', id: 'i', event, timeoutMs: 60_000, traceId: 't' })
  await environment.stop()
  return result
}

it('names the lines of the sources in stacks', async () => {
  const result = await answerTo('stack')
  expect(result.status === 'error' && result.error.trace?.slice(0, 2)).toEqual([
    'TypeError: not so',
    expect.stringContaining(`${join(folder, 'handler.ts')}:3:37`),
  ])
})

it('loads no HTTP client but the one that functions use, and tells them the options of the template', async () => {
  const result = await answerTo('loaded')
  const { options, loaded } = JSON.parse(result.status === 'ok' ? result.payload : '{}')
  expect(options).toBe('--enable-source-maps')
  expect(loaded).toContain('NativeModule http')
  expect(loaded).not.toContain('NativeModule http2')
})

it('hands over the bytes of a request, without the memory that they lie in, and as often as they are sent', async () => {
  const heard: AwsCall[] = []
  await answerTo('aws', heard)
  const bodies = heard.map(({ body }) => (typeof body === 'string' ? undefined : body))
  expect(bodies.map((body) => Buffer.from(body ?? []).toString())).toEqual(['{"asked":1}', '{"asked":1}'])
  expect(bodies.map((body) => body?.buffer.byteLength)).toEqual([11, 11])
})
