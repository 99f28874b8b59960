import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readEnvironment, variables } from '../../functions/environment.ts'
import { capabilities } from '../../lib/capabilities.ts'
import { isRecord } from './plain-text.ts'
import { ofType, synthFixture } from './synth-fixture.ts'

const root = join(import.meta.dirname, '../..')
const functions = ofType(synthFixture().app, 'AWS::Lambda::Function')

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** An entry, and the adapters that it hands its environment to. */
const readEntry = (entry: string): string => {
  const text = read(entry)
  const adapters = [...text.matchAll(/'\.\.(\/adapters\/[\w-]+\.ts)'/g)].map(([, file]) =>
    read(`functions${file}`),
  )
  return [text, ...adapters].join('\n')
}

test.each(capabilities)('$name gets exactly the variables that its entry names', ({ entry, purpose }) => {
  const [found] = functions.filter(([, { Properties }]) => Properties.Description === purpose)
  const given = isRecord(found?.[1].Properties.Environment) ? found[1].Properties.Environment.Variables : {}
  const { NODE_OPTIONS, ...set } = isRecord(given) ? given : {}
  expect(NODE_OPTIONS).toBe('--enable-source-maps')
  const text = readEntry(entry)
  const named = variables.filter((variable) => new RegExp(`\\b${variable}\\b`).test(text))
  expect(text.includes('readEnvironment(process.env)')).toBe(named.length > 0)
  expect(Object.keys(set).sort()).toEqual(named.sort())
})

test.each(variables)('%s is read by an entry', (variable) => {
  expect(capabilities.some(({ entry }) => readEntry(entry).includes(variable))).toBe(true)
})

test('nothing but the entries reads the environment', () => {
  const entries = new Set(capabilities.map(({ entry }) => entry))
  const others = globSync('{functions,domain}/**/*.ts', { cwd: root }).filter((path) => !entries.has(path))
  expect(others.length).toBeGreaterThan(20)
  expect(others.filter((path) => read(path).includes('process.env'))).toEqual([])
})

test('a variable that is missing or empty is named on reading', () => {
  const { TABLE_NAME, ...environment } = { TABLE_NAME: 'leads', BUS_NAME: '' }
  expect(readEnvironment({ TABLE_NAME }).TABLE_NAME).toBe('leads')
  expect(() => readEnvironment(environment).BUS_NAME).toThrow('environment variable BUS_NAME is missing')
  expect(() => readEnvironment({}).QUEUE_URL).toThrow('environment variable QUEUE_URL is missing')
})
