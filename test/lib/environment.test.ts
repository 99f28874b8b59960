import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { environment, type FunctionName } from '../../functions/environment.ts'
import { functionSettings } from '../../lib/function-settings.ts'
import { isRecord } from './plain-text.ts'
import { ofType, synthFixture } from './synth-fixture.ts'

const root = join(import.meta.dirname, '../..')
const names = Object.keys(functionSettings) as FunctionName[]

test('each function gets exactly the variables of the contract', () => {
  const { app } = synthFixture()
  const set = ofType(app, 'AWS::Lambda::Function').map(([, { Properties }]) => {
    const given = isRecord(Properties.Environment) ? Properties.Environment.Variables : undefined
    const { NODE_OPTIONS, ...variables } = isRecord(given) ? given : {}
    expect(NODE_OPTIONS).toBe('--enable-source-maps')
    return [Properties.Description, Object.keys(variables).sort()]
  })
  expect(Object.fromEntries(set)).toEqual(
    Object.fromEntries(names.map((name) => [functionSettings[name].purpose, [...environment[name]].sort()])),
  )
})

test.each(names)('the entry of %s reads exactly the variables of the contract', (name) => {
  const text = readFileSync(join(root, functionSettings[name].entry), 'utf8')
  expect(text).toContain(`readEnvironment('${name}', process.env)`)
  const known = new Set<string>(Object.values(environment).flat())
  const read = [...known].filter((variable) => new RegExp(`\\b${variable}\\b`).test(text))
  expect(read.sort()).toEqual([...environment[name]].sort())
})

test('nothing but the entries reads the environment', () => {
  const entries = new Set<string>(names.map((name) => functionSettings[name].entry))
  const others = globSync('{functions,domain}/**/*.ts', { cwd: root }).filter((path) => !entries.has(path))
  expect(others.length).toBeGreaterThan(20)
  expect(others.filter((path) => readFileSync(join(root, path), 'utf8').includes('process.env'))).toEqual([])
})
