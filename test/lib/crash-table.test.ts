import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readAssembly } from '../../local/template/assembly.ts'
import { StackModel } from '../../local/template/model.ts'
import { shortName, usesOf } from '../story/crash-points/calls.ts'
import { unusedGrants } from '../story/crash-points/permissions.ts'
import { functionsIn } from '../story/crash-points/table.ts'
import { synthFixture } from './synth-fixture.ts'

const synthesized = (): StackModel => {
  const { assembly } = synthFixture()
  const urls = { app: 'http://localhost:1', aws: 'http://localhost:2' }
  return new StackModel(readAssembly(assembly.directory), urls)
}

test('every function of the stack is in the table of crash points', () => {
  const model = synthesized()
  const names = model.ofType('AWS::Lambda::Function').map(({ name }) => shortName(name))
  const known = functionsIn(readFileSync('docs/operations/crash-points.md', 'utf8'))
  const how = 'Run "npm run crashes", with a scenario that makes the function work.'
  expect(known.toSorted(), how).toEqual(names.toSorted())
})

test('a permission is needed by whoever asks for just that: one item, or any of those that begin alike', () => {
  const model = synthesized()
  const own = model.ofType('AWS::Lambda::Function').find(({ name }) => shortName(name) === 'Answer')
  const [table] = model.ofType('AWS::DynamoDB::Table')
  const reading = (...keys: readonly string[]) => ({
    function: own?.name ?? '',
    service: 'dynamodb',
    operation: 'GetItem',
    input: {},
    crashed: false,
    needs: [
      { action: 'dynamodb:GetItem', resource: table?.arn ?? '', context: { 'dynamodb:LeadingKeys': keys } },
    ],
  })
  const playbooks = (calls: Parameters<typeof usesOf>[0]) =>
    unusedGrants(model, usesOf(calls)).filter((grant) => /^Answer dynamodb:GetItem .* PLAYBOOK/.test(grant))
  expect(playbooks([])).toHaveLength(2)
  expect(playbooks([reading('PLAYBOOK'), reading('PLAYBOOK#one'), reading('PLAYBOOK#two')])).toEqual([])
  expect(playbooks([reading('PLAYBOOK#one')])).toEqual([expect.stringMatching(/PLAYBOOK$/)])
})
