import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { contextForRun } from '../../../domain/sequence/advance.ts'
import { type Begun, runCycleBegan } from '../../../domain/sequence/run.ts'
import { fact, leadId, stored } from '../support/facts.ts'
import { days, makePlaybook } from '../support/make-playbook.ts'

const asked = [
  'did("demo.requested")',
  'count("demo.requested") >= 1',
  'count("demo.requested", "60d") >= 1',
  'daysSince("demo.requested") <= 60',
  'clicked("welcome")',
  'engagement >= 1',
]
/** Its conditions are known to the rules as those of a sequence. */
const nurture = (id: string, goal: string): Sequence => ({
  id,
  version: '1',
  enter: { activity: 'trial.started' },
  goal,
  reenter: 'always',
  program: [{ type: 'wait', for: days(7) }],
})
const rules = compileRules(
  makePlaybook({
    sequences: Object.fromEntries(asked.map((goal, at) => [`s${at}`, nurture(`s${at}`, goal)])),
  }),
)

const profile: Fact = {
  ...fact('p', 'profile.updated', '01-05T07:00', { fields: { language: 'de' } }),
  email: 'anna@example.com',
}
/** Ready for sales, and sent back at once a day. */
const first = [
  profile,
  fact('yes', 'consent.granted', '01-05T07:30', { purpose: 'newsletter' }),
  fact('demo', 'demo.requested', '01-05T08:00'),
  fact('click', 'email.clicked', '01-05T08:10', { email: 'welcome' }),
  fact('quote', 'quote.requested', '01-05T09:00'),
]
const rejected = fact('no', 'handoff.rejected', '01-06T09:00', { reason: 'not-now' })
const back = [...first, rejected]
const again = [
  fact('demo-2', 'demo.requested', '01-08T09:00'),
  fact('click-2', 'email.clicked', '01-08T09:10', { email: 'welcome' }),
]
const stateOf = (facts: readonly Fact[]) => stored(foldLead(facts, rules))
const begun = (entryId: string, enteredAt = '2026-01-07T09:00:00.000Z'): Begun => ({
  leadId,
  entryId: `${leadId}:${entryId}`,
  enteredAt,
})
const now = '2026-01-09T09:00:00.000Z'
const askedOf = (facts: readonly Fact[], run: Begun) => {
  const lead = contextForRun({ state: stateOf(facts) }, { live: rules }, run, { now })
  return { cycle: asked.filter(lead.holdsInCycle), whole: asked.filter(lead.holds) }
}

describe('what a goal or an exit asks for', () => {
  const recycled = begun('recycled:2:enter')

  test('counts from the cycle on that the run began in', () => {
    expect(askedOf(back, recycled)).toEqual({ cycle: [], whole: asked })
    expect(askedOf([...back, ...again], recycled).cycle).toEqual(asked)
  })

  test('counts whenever it happened for a run of the first cycle, also once the lead was sent back', () => {
    for (const run of [begun('stage:consideration:1'), begun('activity:x:y', '2026-01-05T10:00:00.000Z')])
      expect(askedOf(back, run).cycle).toEqual(asked)
  })

  test('counts all of it where the recycle was taken back', () => {
    const undone = [...back, fact('void', 'activity.voided', '01-07T10:00', { activityId: 'no' })]
    expect(askedOf(undone, recycled).cycle).toEqual(asked)
  })

  test('counts what happened in a cycle that is over as well, for the run that began in it', () => {
    const third = fact('no-2', 'handoff.rejected', '01-08T12:00', { reason: 'not-now' })
    const quoted = [fact('q-2', 'quote.requested', '01-08T09:20'), fact('e', 'sales.engaged', '01-08T09:30')]
    const facts = [
      ...back,
      ...again,
      ...quoted,
      // The pause of the second cycle ends with nothing done; sales sends the lead back once more.
      fact('later', 'page.viewed', '02-10T09:00'),
      { ...third, occurredAt: '2026-02-11T09:00:00.000Z' },
    ]
    const state = stateOf(facts)
    expect(state.cycle).toBe(3)
    const at = '2026-02-12T09:00:00.000Z'
    const of = (run: Begun) => {
      const lead = contextForRun({ state }, { live: rules }, run, { now: at })
      return ['did("demo.requested")', 'clicked("welcome")'].filter(lead.holdsInCycle)
    }
    expect(of(begun('recycled:2:enter'))).toHaveLength(2)
    expect(of(begun('recycled:3:enter'))).toEqual([])
  })
})

describe('the cycle of a run', () => {
  const state = stateOf([...back, fact('s', 'trial.started', '01-07T08:00')])

  test.each<[string, Begun, string | undefined]>([
    ['asked for by the recycle', begun('recycled:2:enter'), rejected.occurredAt],
    ['at the stage that the recycle led to', begun('stage:interest:2'), rejected.occurredAt],
    ['at a stage of the first cycle', begun('stage:interest:1'), undefined],
    [
      'by an activity since',
      begun('activity:trial.started:s', '2026-01-05T00:00:00.000Z'),
      rejected.occurredAt,
    ],
    ['with the fact that sent it back', begun('activity:handoff.rejected:no'), rejected.occurredAt],
    ['by another run since', begun('interest:1:2:enter'), rejected.occurredAt],
    ['by another run before', begun('interest:1:2:enter', '2026-01-06T08:59:00.000Z'), undefined],
  ])('that began %s', (_, run, since) => {
    expect(runCycleBegan(run, state)).toBe(since)
  })
})
