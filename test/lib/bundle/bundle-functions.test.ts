import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type Bundle, bundleFunctions } from '../../../lib/bundle/bundle-functions.ts'
import { fixture, root, run } from './run-bundle.ts'

const entries = { greet: `${fixture}/greet.lambda.ts`, query: `${fixture}/query.lambda.ts` }
const outDir = mkdtempSync(join(tmpdir(), 'trichter-bundles-'))
const props = { root, entries, playbook: '{"version":"1"}', outDir }

let bundles: Readonly<Record<keyof typeof entries, Bundle>>
beforeAll(async () => {
  bundles = await bundleFunctions(props)
})

test('a bundle is one module, with its source map and the playbook beside it', async () => {
  expect(readdirSync(bundles.greet.folder).sort()).toEqual(['index.mjs', 'index.mjs.map', 'playbook.json'])
  expect(readFileSync(join(bundles.greet.folder, 'playbook.json'), 'utf8')).toBe(props.playbook)
  expect(await run(bundles.greet, "console.log(await bundle.handler({ name: 'Ada' }))")).toBe('Hello Ada')
})

test('one that reads further files has them beside it', async () => {
  const fresh = mkdtempSync(join(tmpdir(), 'trichter-bundles-'))
  const beside = { query: { 'notes.json': '["a"]' } }
  const { greet, query } = await bundleFunctions({ ...props, beside, outDir: fresh })
  expect(readFileSync(join(query.folder, 'notes.json'), 'utf8')).toBe('["a"]')
  expect(readdirSync(greet.folder)).not.toContain('notes.json')
})

test('errors name the line of the source', async () => {
  const stack = await run(
    bundles.greet,
    'try { bundle.explode() } catch (error) { console.log(error.stack) }',
  )
  expect(stack).toMatch(/greet\.lambda\.ts:8:/)
})

test('credentials come from the environment, and from nowhere else', async () => {
  const env = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }
  const script = 'console.log(await bundle.handler().catch((error) => error.message))'
  expect(await run(bundles.query, script, { ...env, AWS_SESSION_TOKEN: 'token' })).toBe('key token')
  expect(await run(bundles.query, script, { AWS_REGION: 'eu-central-1' })).toBe(
    'no AWS credentials in the environment',
  )
})

test('what no function uses is left out', () => {
  const sources = (bundle: Bundle) => {
    const { outputs }: { outputs: Record<string, { inputs: object }> } = JSON.parse(
      readFileSync(bundle.metafile, 'utf8'),
    )
    return Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs))
  }
  const locales = sources(bundles.greet).filter((path) => path.includes('zod/v4/locales/'))
  expect(locales.map((path) => path.split('/').at(-1))).toEqual(['en.js'])
  const query = sources(bundles.query)
  expect(query.filter((path) => path.includes('client-dynamodb')).length).toBeGreaterThan(0)
  expect(query.filter((path) => /credential-provider|client-sso|nested-clients/.test(path))).toEqual([])
})

test('equal sources give equal folders, also when two run at once', async () => {
  const fresh = mkdtempSync(join(tmpdir(), 'trichter-bundles-'))
  const [one, two] = await Promise.all([
    bundleFunctions({ ...props, outDir: fresh }),
    bundleFunctions({ ...props, outDir: fresh }),
  ])
  expect(one).toEqual(two)
  const names = Object.values(one).map(({ folder }) => folder.replace(fresh, outDir))
  expect(names).toEqual(Object.values(bundles).map(({ folder }) => folder))
  expect(readdirSync(fresh).sort().slice(0, 2)).toEqual(['builds', 'code'])
  expect(readdirSync(fresh)).toHaveLength(4)
})

test('bundles again only what has changed since', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'trichter-sources-'))
  const fresh = mkdtempSync(join(tmpdir(), 'trichter-bundles-'))
  const source = join(copy, 'greet.lambda.ts')
  const say = (word: string) => writeFileSync(source, `export const handler = () => '${word}'`)
  const greeting = async () => {
    const { greet } = await bundleFunctions({
      ...props,
      root: copy,
      entries: { greet: 'greet.lambda.ts' },
      outDir: fresh,
    })
    return run(greet, 'console.log(bundle.handler())')
  }
  say('first')
  expect(await greeting()).toBe('first')
  // A build is written once: its file is another one afterwards.
  const builds = () =>
    readdirSync(join(fresh, 'builds')).map((file) => statSync(join(fresh, 'builds', file)).ino)
  const before = builds()
  expect(await greeting()).toBe('first')
  expect(builds()).toEqual(before)
  rmSync(join(fresh, 'code'), { recursive: true })
  expect(await greeting()).toBe('first')
  expect(builds()).not.toEqual(before)
  say('second')
  expect(await greeting()).toBe('second')
})

test('another playbook gives other folders, beside the old ones', async () => {
  const other = await bundleFunctions({ ...props, playbook: '{"version":"2"}' })
  expect(other.greet.folder).not.toBe(bundles.greet.folder)
  expect(statSync(bundles.greet.folder).isDirectory()).toBe(true)
})

test('folders that nobody has asked for in a day are removed', async () => {
  const fresh = mkdtempSync(join(tmpdir(), 'trichter-bundles-'))
  const first = await bundleFunctions({ ...props, outDir: fresh })
  const twoDaysAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000)
  for (const folder of readdirSync(fresh)) utimesSync(join(fresh, folder), twoDaysAgo, twoDaysAgo)
  const { query } = entries
  await bundleFunctions({ ...props, entries: { query }, outDir: fresh })
  await bundleFunctions({ ...props, playbook: '{"version":"3"}', outDir: fresh })
  const left = Object.values(first).map(({ folder }) =>
    readdirSync(fresh).includes(folder.split('/').at(-1) ?? ''),
  )
  expect(left).toEqual([false, true])
})

test('every missing entry is named', async () => {
  const wrong = { ...entries, lost: `${fixture}/lost.lambda.ts`, gone: 'gone.ts' }
  await expect(bundleFunctions({ ...props, entries: wrong })).rejects.toThrow(
    `function lost has no entry: ${fixture}/lost.lambda.ts is missing\nfunction gone has no entry: gone.ts is missing`,
  )
})
