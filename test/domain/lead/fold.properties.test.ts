import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import type { LeadState } from '../../../domain/lead/lead-state.ts'
import { compareFacts, type Fact } from '../../../domain/model/activity.ts'
import { stageIds, stageRank } from '../../../domain/model/deal.ts'
import { runs } from '../../support/runs.ts'
import { anyLog, anyNow, anyRules, anyTraffic } from '../support/arbitrary.ts'
import { deepFreeze } from '../support/deep-freeze.ts'
import { leadIdOf, stored } from '../support/facts.ts'

/** Together with the properties of scoring and decisions, more than ten thousand cases. */
const often = { numRuns: runs(1500) }

/** The state without what only says how far the log has been read, and what it was told to leave out. */
const essence = (state: LeadState | undefined) => {
  if (!state) return undefined
  const { last, recentIds, traffic, voids, ...rest } = stored(state)
  return rest
}

/** Facts in any order of arrival: a lead as `record` keeps it. */
const arrive = (arrivals: readonly Fact[], rules: Parameters<typeof foldLead>[1], now: string) => {
  let state: LeadState | undefined
  const seen: Fact[] = []
  for (const fact of arrivals) {
    seen.push(fact)
    state = extendLead(state && stored(state), [fact], rules, now) ?? foldLead(seen, rules, now)
  }
  return state
}

describe('folding a log', () => {
  test('any order and any repetition of the facts gives the same state', () => {
    fc.assert(
      fc.property(
        anyRules,
        anyNow,
        fc.oneof(anyLog(), anyTraffic()).chain((log) =>
          fc.record({
            log: fc.constant(log),
            shuffled: fc.shuffledSubarray([...log, ...log, ...log], {
              minLength: log.length * 3,
              maxLength: log.length * 3,
            }),
          }),
        ),
        (rules, now, { log, shuffled }) => {
          expect(foldLead(deepFreeze(shuffled), rules, now)).toEqual(foldLead(log, rules, now))
        },
      ),
      often,
    )
  })

  test('taking it in chunks, stored in between, gives the same state to the bit', () => {
    fc.assert(
      fc.property(
        anyRules,
        anyNow,
        fc.oneof(anyLog(), anyTraffic()),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 25, maxLength: 25 }),
        (rules, now, log, sizes) => {
          const sorted = log.toSorted(compareFacts)
          let state: LeadState | undefined
          let taken = 0
          for (const size of sizes) {
            const repeated = sorted.slice(Math.max(0, taken - 3), taken + size)
            const upTo = sorted.slice(0, taken + size)
            state = extendLead(state && stored(state), repeated, rules) ?? foldLead(upTo, rules)
            taken += size
          }
          state = extendLead(state && stored(state), [], rules, now) ?? foldLead(log, rules, now)
          expect(JSON.stringify(state)).toBe(JSON.stringify(foldLead(log, rules, now)))
        },
      ),
      often,
    )
  })

  test('plain facts in their order extend a state without the log being read again', () => {
    fc.assert(
      fc.property(anyRules, anyLog(), (rules, log) => {
        let state: LeadState | undefined
        for (const fact of log.toSorted(compareFacts)) {
          state = extendLead(state && stored(state), [fact], rules)
          expect(state).toBeDefined()
        }
      }),
      { numRuns: runs(300) },
    )
  })

  test('in any order of arrival, extending where possible and folding anew where not, ends in the same state', () => {
    fc.assert(
      fc.property(
        anyRules,
        anyNow,
        fc
          .oneof(anyLog(12), anyTraffic(12))
          .chain((log) => fc.shuffledSubarray([...log, ...log], { minLength: log.length * 2 })),
        (rules, now, arrivals) => {
          expect(arrive(arrivals, rules, now)).toEqual(foldLead(arrivals, rules, now))
        },
      ),
      often,
    )
  })

  test('a checkpoint and the facts after it give what the whole log gives', () => {
    fc.assert(
      fc.property(
        anyRules,
        anyNow,
        anyLog(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rules, now, log, share) => {
          const sorted = log.toSorted(compareFacts)
          const cut = Math.max(1, Math.floor(sorted.length * share))
          const checkpoint = stored(foldLead(sorted.slice(0, cut), rules))
          const resumed = extendLead(checkpoint, sorted.slice(cut), rules, now)
          expect(JSON.stringify(resumed)).toBe(JSON.stringify(foldLead(log, rules, now)))
        },
      ),
      often,
    )
  })

  test('a fact that is taken back leaves nothing behind, whenever it came and whenever it was taken back', () => {
    fc.assert(
      fc.property(
        anyRules,
        anyNow,
        anyLog(12),
        anyLog(1),
        anyLog(1),
        fc.infiniteStream(fc.nat(30)),
        (rules, now, log, [wrong], [when], places) => {
          if (!wrong || !when) return
          const mistaken = { ...wrong, id: 'wrong' }
          const back = {
            id: 'back',
            type: 'activity.voided',
            occurredAt: when.occurredAt,
            properties: { activityId: 'wrong' },
          }
          const arrivals = [...log]
          for (const fact of [mistaken, back, mistaken])
            arrivals.splice(Number(places.next().value) % (arrivals.length + 1), 0, fact)
          expect(essence(foldLead(arrivals, rules, now))).toEqual(essence(foldLead(log, rules, now)))
          expect(essence(arrive(arrivals, rules, now))).toEqual(essence(foldLead(log, rules, now)))
        },
      ),
      often,
    )
  })

  test('joining another lead and separating it again gives the state from before', () => {
    fc.assert(
      fc.property(anyRules, anyNow, anyLog(12), anyLog(8), (rules, now, own, other) => {
        const member = leadIdOf('lead-0002')
        const theirs = other.map((fact) => ({ ...fact, id: `other-${fact.id}`, member }))
        const step = (type: string, at: string) => ({
          id: type,
          type,
          occurredAt: at,
          properties: { leadId: member },
        })
        const merged = [...own, ...theirs, step('lead.merged', '2026-03-13T00:00:00.000Z')]
        const both = foldLead(merged, rules, now)
        expect(both?.family?.members).toEqual([member])
        const separated = foldLead(
          [
            ...own,
            step('lead.merged', '2026-03-13T00:00:00.000Z'),
            step('lead.unmerged', '2026-03-14T00:00:00.000Z'),
          ],
          rules,
          now,
        )
        const { family, ...rest } = essence(separated) ?? {}
        expect(rest).toEqual(essence(foldLead(own, rules, now)))
        expect(family).toEqual({ members: [], apart: [member] })
      }),
      often,
    )
  })

  test('a stage never falls without a recycle, none is left out, and a cycle qualifies at most once', () => {
    fc.assert(
      fc.property(anyRules, anyLog(), (rules, log) => {
        const state = stored(foldLead(log, rules))
        for (const [index, entry] of state.stages.entries()) {
          const before = state.stages[index - 1]
          if (before?.cycle === entry.cycle) {
            expect(stageRank(entry.stage)).toBe(stageRank(before.stage) + 1)
          } else if (before) {
            expect(state.recycles.map(({ factId }) => factId)).toContain(entry.factId)
          }
        }
        expect(stageIds).toContain(state.stage.stage)
        expect(state.stage.implied).toBeUndefined()
        const cycles = state.qualifications.map(({ cycle }) => cycle)
        expect(new Set(cycles).size).toBe(cycles.length)
      }),
      often,
    )
  })

  test('looked at again and again while time passes, a lead cools as it does when it is looked at once', () => {
    fc.assert(
      fc.property(
        anyRules,
        anyLog(10),
        fc.array(fc.integer({ min: 0, max: 24 * 90 }), { maxLength: 6 }),
        anyNow,
        (rules, log, looks, now) => {
          let state = stored(foldLead(log, rules))
          const from = Date.parse(state.lastActivityAt)
          const moments = looks.toSorted((a, b) => a - b).map((hours) => from + hours * 3_600_000)
          for (const at of moments.filter((moment) => moment <= Date.parse(now)))
            state = stored(extendLead(state, [], rules, new Date(at).toISOString()))
          expect(extendLead(state, [], rules, now)).toEqual(foldLead(log, rules, now))
        },
      ),
      often,
    )
  })
})
