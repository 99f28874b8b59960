import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dealsOf, followDeals } from '../../../domain/handoff/follow-lead.ts'
import type { Handoff, HandoffAnswer } from '../../../domain/handoff/handoff.ts'
import { type Qualified, requestHandoff } from '../../../domain/handoff/request-handoff.ts'
import type { Deal } from '../../../domain/model/deal.ts'
import { deepFreeze } from '../support/deep-freeze.ts'
import { leadId } from '../support/facts.ts'
import { team } from './teams.ts'

const now = '2026-11-23T09:00:00.000Z'
const monday = '2026-11-30T09:00:00.000Z'
const tuesday = '2026-12-01T09:00:00.000Z'
const dach = team()
const qualified: Qualified = {
  ...{ leadId, cycle: 1, score: 70, stage: 'intent' as const },
  ...{ decisionId: `${leadId}:qualified:1`, correlationId: 'c' },
}
const requested = requestHandoff({
  qualified,
  choice: { team: dach, member: dach.members[0], because: 'routed' },
  rules: { accept: { escalate: 4 * 3_600_000 } },
  now,
})
const { handoffId } = requested
const deal = (status: Deal['status'], closedAt?: string, parts: Partial<Deal> = {}): Deal => ({
  ...{ dealId: handoffId, handoffId, status, phases: [], openedAt: now },
  ...(closedAt !== undefined && { closedAt }),
  ...parts,
})
const standing = (answer: HandoffAnswer, ...deals: readonly Deal[]): Handoff =>
  followDeals(deepFreeze({ ...requested, answer }), dealsOf(requested, deals))

const byAnna = { at: now, by: 'anna' }
const open = { state: 'requested' } as const
const accepted = { state: 'accepted', ...byAnna } as const
const rejected = { state: 'rejected', ...byAnna, reason: 'not-now' } as const
const expired = { state: 'expired', at: now, reason: 'withdrawn' } as const
const ended = (state: 'won' | 'lost', at: string) => ({ state, at, accepted: byAnna }) as const
const won = ended('won', monday)
const lost = ended('lost', monday)

describe('a handoff follows its deals', () => {
  it.each<[string, HandoffAnswer, readonly Deal[], object]>([
    ['it is won with its deal, and keeps who accepted it', accepted, [deal('won', monday)], won],
    ['it is lost with its deal', accepted, [deal('lost', monday)], lost],
    ['also where nobody had answered', open, [deal('won', monday)], { state: 'won', at: monday }],
    ['a win after a loss counts', lost, [deal('won', tuesday)], ended('won', tuesday)],
    ['a loss after a win counts', won, [deal('lost', tuesday)], ended('lost', tuesday)],
    ['the same end once more changes nothing', won, [deal('won', monday)], won],
    ['an end that was moved is moved', won, [deal('won', now)], ended('won', now)],
    ['its deal is open again: it is accepted again', won, [deal('open')], accepted],
    ['its deal is gone: it is accepted again', lost, [], accepted],
    [
      'nobody had accepted it: its owner has by the deal',
      { state: 'won', at: monday },
      [deal('open')],
      { state: 'accepted', at: now, by: requested.owner.email },
    ],
    ['nobody had accepted it, and there is no deal: it waits again', { state: 'lost', at: monday }, [], open],
    [
      'of several deals one that is open keeps it open',
      won,
      [deal('won', monday), deal('open', undefined, { dealId: 'second' })],
      accepted,
    ],
    [
      'of several deals one that is won makes it won, at the last win',
      accepted,
      [deal('won', now), deal('won', monday), deal('lost', tuesday)],
      won,
    ],
    [
      'deals of other handoffs are none of its',
      accepted,
      [deal('won', monday, { handoffId: 'x.1' })],
      accepted,
    ],
    ['what was rejected stays so', rejected, [deal('won', monday)], rejected],
    ['what has expired stays so', expired, [deal('won', monday)], expired],
  ])('%s', (_name, answer, deals, expected) => {
    expect(standing(answer, ...deals).answer).toEqual(expected)
  })

  it('was overdue when it ended without an answer, and stays known to be', () => {
    const closed = standing(open, deal('lost', tuesday))
    expect(closed.overdueSince).toBe(requested.dueAt)
    expect(followDeals(closed, [deal('open')]).overdueSince).toBe(requested.dueAt)
  })

  it('is the same object where nothing changes', () => {
    for (const answer of [accepted, rejected, expired, open]) {
      const handoff = { ...requested, answer }
      expect(followDeals(handoff, [])).toBe(handoff)
    }
  })

  const someDeals = fc.array(
    fc.record({ status: fc.constantFrom('open', 'won', 'lost'), day: fc.integer({ min: 1, max: 28 }) }),
    { maxLength: 4 },
  )
  it('stands as its deals do now, whichever way they came there, and said twice is said once', () => {
    fc.assert(
      fc.property(someDeals, someDeals, (before, later) => {
        const dealsLike = (given: typeof before) =>
          given.map(({ status, day }) =>
            deal(
              status,
              status === 'open' ? undefined : `2026-12-${String(day).padStart(2, '0')}T09:00:00.000Z`,
            ),
          )
        const direct = standing(accepted, ...dealsLike(later))
        const detour = followDeals(standing(accepted, ...dealsLike(before)), dealsLike(later))
        expect(detour.answer).toEqual(direct.answer)
        expect(followDeals(detour, dealsLike(later))).toBe(detour)
      }),
    )
  })
})
