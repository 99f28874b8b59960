import { describe, expect, test } from 'vitest'
import { checkSequence } from '../../../domain/playbook/check-sequence.ts'
import { readYaml } from '../../../domain/playbook/yaml-file.ts'
import { parseSteps } from '../sequence/raw-steps.ts'

const faultsOf = (ways: string) =>
  checkSequence(readYaml('sequences/a.yaml', `id: a\nsteps:\n  - split: { name: s, ways: ${ways} }\n`)).map(
    ({ message }) => message,
  )

describe('shares of a split', () => {
  test('stand beside the steps of each way', () => {
    const ways = {
      many: { share: 80, steps: [{ email: 'x' }] },
      few: { share: 20, steps: [{ email: 'y' }] },
    }
    expect(parseSteps([{ split: { name: 's', ways } }])).toEqual([
      {
        type: 'split',
        name: 's',
        ways: [
          { id: 'many', share: 80, goto: 1 },
          { id: 'few', share: 20, goto: 3 },
        ],
      },
      { type: 'email', email: 'x' },
      { type: 'jump', goto: 4 },
      { type: 'email', email: 'y' },
    ])
  })

  test.each(['{ a: { share: 80, steps: [] }, b: { share: 20, steps: [] } }', '{ a: [], b: { steps: [] } }'])(
    'may be %s',
    (ways) => {
      expect(faultsOf(ways)).toEqual([])
    },
  )

  test.each([
    [
      '{ a: { share: 80, steps: [] }, b: { share: 30, steps: [] } }',
      'the shares of the ways add up to 110 percent, not to 100',
    ],
    [
      '{ a: { share: 80, steps: [] }, b: [] }',
      'this way has no "share", others have: give all of them one, or none',
    ],
  ])('are refused as %s', (ways, message) => {
    expect(faultsOf(ways)).toEqual([message])
  })

  test('do not hide what is wrong within a way', () => {
    const inner = '{ split: { name: s, ways: { x: [], y: [] } } }'
    expect(faultsOf(`{ a: { share: 50, steps: [ ${inner} ] }, b: { share: 50, steps: [] } }`)).toEqual([
      'the split "s" exists already',
    ])
  })
})
