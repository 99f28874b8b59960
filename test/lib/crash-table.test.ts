import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readAssembly } from '../../local/template/assembly.ts'
import { StackModel } from '../../local/template/model.ts'
import { shortName } from '../story/crash-points/calls.ts'
import { functionsIn } from '../story/crash-points/table.ts'
import { synthFixture } from './synth-fixture.ts'

test('every function of the stack is in the table of crash points', () => {
  const { assembly } = synthFixture()
  const urls = { app: 'http://localhost:1', aws: 'http://localhost:2' }
  const model = new StackModel(readAssembly(assembly.directory), urls)
  const names = model.ofType('AWS::Lambda::Function').map(({ name }) => shortName(name))
  const known = functionsIn(readFileSync('docs/operations/crash-points.md', 'utf8'))
  const how = 'Run "npm run crashes", with a scenario that makes the function work.'
  expect(known.toSorted(), how).toEqual(names.toSorted())
})
