import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { replayLead } from '../../../domain/backtest/backtest.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { runs } from '../../support/runs.ts'
import { anyLog, anyRules } from '../support/arbitrary.ts'
import { deepFreeze } from '../support/deep-freeze.ts'
import { fact, leadId } from '../support/facts.ts'
import { days, makePlaybook } from '../support/make-playbook.ts'

const now = '2026-03-20T09:00:00.000Z'

const qualifying = (qualify: string): Playbook => {
  const playbook = makePlaybook()
  const reject = { 'not-now': { type: 'recycle', stage: 'interest', pause: days(1) } } as const
  return { ...playbook, handoff: { ...playbook.handoff, qualify, require: [], reject } }
}
const onDemo = compileRules(qualifying('did("demo.requested")'))
const onSignup = compileRules(qualifying('did("newsletter.subscribed")'))
const onQuote = compileRules(qualifying('did("quote.requested")'))
const never = compileRules(qualifying('score > 1000'))

const signup = fact('1', 'newsletter.subscribed', '03-01T09:00')
const demo = fact('2', 'demo.requested', '03-03T09:00')
const rejected = fact('3', 'handoff.rejected', '03-05T09:00', {
  reason: 'not-now',
  handoffId: `${leadId}.1`,
})
const viewed = fact('4', 'page.viewed', '03-07T09:00')
const quote = fact('5', 'quote.requested', '03-08T09:00')
const rejectedAgain = fact('6', 'handoff.rejected', '03-10T09:00', {
  reason: 'not-now',
  handoffId: `${leadId}.2`,
})

const replay = (facts: readonly Fact[], live = onDemo, draft = onSignup) => {
  const found = replayLead({ leadId, facts: deepFreeze(facts) }, live, draft, now)
  if (!found) throw new Error('nothing to replay')
  return found
}

describe('a lead under the live rules and under a draft', () => {
  test('is handed over when each would have done so', () => {
    const { live, draft } = replay([signup, demo])
    expect(live.qualifiedAt).toEqual([demo.occurredAt])
    expect(draft.qualifiedAt).toEqual([signup.occurredAt])
  })

  test('has the band that it had when sales judged it, whatever it did since', () => {
    const late = fact('7', 'quote.requested', '03-12T09:00')
    const { live, draft } = replay([signup, demo, rejected, late], onDemo, onSignup)
    const before = replay([signup, demo]).live.band
    expect([live.bandBefore, draft.bandBefore]).toEqual([before, before])
    expect(replay([signup, demo]).live.bandBefore).toBeUndefined()
    expect(replay([rejected]).live.bandBefore).toBeUndefined()
  })

  test('what went to sales by way of trial neither of them would have handed over', () => {
    const { handoff, ...rest } = qualifying('score >= 60')
    const exploring = compileRules({ ...rest, handoff: { ...handoff, explore: 0.5 } })
    // 40 for the quote and 10 for the newsletter.
    const drawn = fact('9', 'lead.explored', '2026-03-08T09:00:00.001Z', { cycle: 1, share: 0.5 })
    expect(foldLead([signup, quote, drawn], exploring)?.qualifications).toHaveLength(1)
    const { live, draft } = replay([signup, quote, drawn], exploring, onQuote)
    expect([live.qualifiedAt, draft.qualifiedAt]).toEqual([[], [quote.occurredAt]])
  })

  test('a rejection answers the handoff that the draft would have had open by then', () => {
    const { live, draft } = replay([signup, demo, rejected, viewed])
    // A day after the rejection its pause is over, and each of both conditions still holds.
    const again = '2026-03-06T09:00:00.000Z'
    expect(live.qualifiedAt).toEqual([demo.occurredAt, again])
    expect(draft.qualifiedAt).toEqual([signup.occurredAt, again])
    expect(replay([signup, demo, rejected]).draft.stage).toBe('interest')
  })

  test('a rejection says nothing to a draft that would not have handed the lead over yet', () => {
    const { draft } = replay([signup, demo, rejected, viewed, quote], onDemo, onQuote)
    expect(draft.qualifiedAt).toEqual([quote.occurredAt])
    expect(replay([signup, demo, rejected], onDemo, never).draft).toMatchObject({
      stage: 'consideration',
      qualifiedAt: [],
    })
  })

  test('the answer to a second handoff of the live rules answers the first of the draft', () => {
    const facts = [signup, demo, rejected, viewed, quote, rejectedAgain]
    expect(replay(facts, onDemo, onQuote).draft.qualifiedAt).toEqual([
      quote.occurredAt,
      '2026-03-11T09:00:00.000Z',
    ])
  })

  test('stands as its page will show it once the draft is published', () => {
    const facts = [signup, demo, rejected, viewed, quote, rejectedAgain]
    const { live, draft } = replay(facts, onDemo, onQuote)
    for (const [standing, rules] of [
      [live, onDemo],
      [draft, onQuote],
    ] as const) {
      const state = foldLead(facts, rules, now)
      expect([standing.stage, standing.band, standing.grade]).toEqual([
        state?.stage.stage,
        state?.band.id,
        state?.band.grade,
      ])
    }
  })

  test('an empty log is no lead', () => {
    expect(replayLead({ leadId, facts: [] }, onDemo, onSignup, now)).toBeUndefined()
  })

  test('a draft that changes nothing makes no difference, whatever the log', () => {
    fc.assert(
      fc.property(anyRules, anyLog(), (rules, log) => {
        const { live, draft } = replay(log, rules, compileRules(rules.playbook))
        expect(draft).toEqual(live)
      }),
      { numRuns: runs(300) },
    )
  })
})
