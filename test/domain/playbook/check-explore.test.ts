import { expect, test } from 'vitest'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { smallPlaybook } from './small-playbook.ts'

const text = smallPlaybook().get('handoff.yaml') ?? ''
const read = (explore: string, qualify = 'score >= 60 && consented') =>
  parsePlaybook(
    smallPlaybook({
      'handoff.yaml': `${text.replace(/qualify: '.*'/, `qualify: '${qualify}'`)}explore: ${explore}\n`,
    }),
  )
const faults = (explore: string, qualify?: string) =>
  read(explore, qualify).faults.map(({ message }) => message)

test('a share of the leads just below the threshold', () => {
  expect(read('3%').playbook?.handoff.explore).toBe(0.03)
  expect(read('"0.5%"').playbook?.handoff.explore).toBe(0.005)
  expect(parsePlaybook(smallPlaybook()).playbook?.handoff.explore).toBeUndefined()
})

test.each(['0%', '51%', '100%', '3', '"3 %"', '-1%', 'few'])('of %s is none', (share) => {
  expect(faults(share)).toEqual(['must be a share of more than 0% and at most 50%: 3%'])
})

test.each(['consented', 'score >= 60 || score >= 70'])('needs one threshold, which %s has not', (qualify) => {
  expect(faults('3%', qualify)).toContain(
    '"qualify" has to compare the score once, as in score >= 60: else nobody is just below it',
  )
})
