import { describe, expect, it } from 'vitest'
import { checkRecycle } from '../../../domain/playbook/check-handoff.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { unknownBounds } from '../../../domain/playbook/reach.ts'
import { readYaml } from '../../../domain/playbook/yaml-file.ts'
import { smallPlaybook } from './small-playbook.ts'

const again = { id: 'again', yaml: readYaml('sequences/again.yaml', `exit: 'stageAtLeast("consideration")'`) }

const told = (text: string) =>
  checkRecycle(readYaml('handoff.yaml', text), [again], unknownBounds).map(
    ({ line, column, severity, message }) => `${line}:${column}: ${severity}: ${message}`,
  )
const intent = `qualify: 'score >= 60 && stageAtLeast("intent")'`

describe('a lead that is sent back', () => {
  it.each([
    ['to a stage before the one that qualifies', `${intent}\nreject: { a: { recycle: interest } }`],
    ['to that stage, for a while', `${intent}\nreject: { a: { recycle: intent, pause: 14d } }`],
    [
      'for a while, where stages do not matter',
      `qualify: 'score >= 60'\nlost: { a: { recycle: intent, pause: 9d } }`,
    ],
    ['for good', `${intent}\nreject: { a: { close: true } }`],
    ['into a sequence that it stays in', `${intent}\nlost: { a: { recycle: interest, sequence: again } }`],
  ])('%s: nothing is wrong', (_, text) => {
    expect(told(text)).toEqual([])
  })

  it('beyond the stage that qualifies has nothing to do', () => {
    expect(told(`${intent}\nreject:\n  a: { recycle: evaluation, pause: 30d }`)).toEqual([
      '3:17: warning: leads qualify from the stage "intent" on: one sent back to "evaluation" qualifies again at once',
    ])
  })

  it('without a pause, where it may qualify at once, comes again', () => {
    const again =
      'without a pause or a stage below the qualifying one, the lead qualifies again with its next activity'
    expect(told(`${intent}\nlost:\n  default: { recycle: intent }`)).toEqual([`3:23: warning: ${again}`])
    expect(told(`qualify: 'score >= 60'\nreject:\n  a: { recycle: awareness }`)).toEqual([
      `3:17: warning: ${again}`,
    ])
  })

  it('leaves a sequence at once whose exit holds there', () => {
    expect(told(`${intent}\nreject:\n  a: { recycle: consideration, pause: 9d, sequence: again }`)).toEqual([
      '3:53: error: a lead sent back to "consideration" leaves "again" at once: its exit is stageAtLeast("consideration")',
    ])
  })

  it('by a lost deal stays away for longer than any deadline', () => {
    const text = `${intent}\naccept: { remind: 2h, reassign: 8h }\nlost:\n  a: { recycle: interest, pause: 7h }`
    expect(told(text)).toEqual(['4:34: error: the pause is shorter than the longest deadline under "accept"'])
    expect(told(text.replace('7h', '8h'))).toEqual([])
  })
})

describe('in a whole playbook', () => {
  const faultsOf = (changes: Readonly<Record<string, string>>) =>
    parsePlaybook(smallPlaybook(changes))
      .faults.filter(({ severity }) => severity === 'error')
      .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)
  const handoff = smallPlaybook().get('handoff.yaml') ?? ''
  const sequence = smallPlaybook().get('sequences/interest.yaml') ?? ''

  it('the sequence of a disposition has to be there', () => {
    const pointing = handoff.replace('pause: 30d', 'pause: 30d, sequence: intrest')
    expect(faultsOf({ 'handoff.yaml': pointing })).toEqual([
      'handoff.yaml:18:55: unknown sequence "intrest"; did you mean "interest"?',
    ])
  })

  it('what a sequence does while sales has the lead is one of two', () => {
    const saying = (value: string) => ({ 'sequences/interest.yaml': `${sequence}withSales: ${value}\n` })
    expect(faultsOf(saying('continue'))).toEqual([])
    expect(faultsOf(saying('contine'))).toEqual([expect.stringContaining('did you mean "continue"')])
    expect(parsePlaybook(smallPlaybook(saying('continue'))).playbook?.sequences.interest?.withSales).toBe(
      'continue',
    )
  })
})
