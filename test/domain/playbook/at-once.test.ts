import { expect, test } from 'vitest'
import { checkSequence } from '../../../domain/playbook/check-sequence.ts'
import { readYaml } from '../../../domain/playbook/yaml-file.ts'

const faultsOf = (steps: string) =>
  checkSequence(readYaml('sequences/guide.yaml', `id: guide\nsteps:\n${steps}`))
const guide = '{ email: guide, atOnce: true }'

test.each([
  `  - ${guide}\n  - wait: 3d\n`,
  `  - if: consented\n    then: [ { wait: 3d } ]\n    else: [ ${guide} ]\n`,
  `  - split: { name: s, ways: { a: [ { wait: 3d } ], b: [ ${guide} ] } }\n`,
])('may be said before a wait: %j', (steps) => {
  expect(faultsOf(steps)).toEqual([])
})

test.each([
  `  - wait: 3d\n  - ${guide}\n`,
  `  - if: consented\n    then: [ { wait: 3d } ]\n  - ${guide}\n`,
  `  - wait: 3d\n  - if: consented\n    then: [ ${guide} ]\n`,
])('is a fault after one: %j', (steps) => {
  expect(faultsOf(steps)).toMatchObject([{ file: 'sequences/guide.yaml', severity: 'error' }])
})
