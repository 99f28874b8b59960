import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareFacts } from '../../../domain/activity/activity.ts'
import { stageRank } from '../../../domain/funnel/funnel-rules.ts'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import type { LeadState } from '../../../domain/lead/lead-state.ts'
import { anyLog, anyRules } from '../support/arbitrary.ts'
import { deepFreeze } from '../support/deep-freeze.ts'
import { stored } from '../support/facts.ts'

const runs = { numRuns: 1000 }

describe('folding a log', () => {
  test('any order and any repetition of the facts gives the same state', () => {
    fc.assert(
      fc.property(
        anyRules,
        anyLog().chain((log) =>
          fc.record({
            log: fc.constant(log),
            shuffled: fc.shuffledSubarray([...log, ...log, ...log], {
              minLength: log.length * 3,
              maxLength: log.length * 3,
            }),
          }),
        ),
        (rules, { log, shuffled }) => {
          expect(foldLead(deepFreeze(shuffled), rules)).toEqual(foldLead(log, rules))
        },
      ),
      runs,
    )
  })

  test('taking it in chunks, stored in between, gives the same state to the bit', () => {
    fc.assert(
      fc.property(
        anyRules,
        anyLog(),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 25, maxLength: 25 }),
        (rules, log, sizes) => {
          const sorted = log.toSorted(compareFacts)
          let state: LeadState | undefined
          let taken = 0
          for (const size of sizes) {
            const repeated = sorted.slice(Math.max(0, taken - 3), taken + size)
            const extended = extendLead(state && stored(state), repeated, rules)
            expect(extended).toBeDefined()
            state = extended
            taken += size
          }
          expect(JSON.stringify(state)).toBe(JSON.stringify(foldLead(log, rules)))
        },
      ),
      runs,
    )
  })

  test('in any order of arrival, extending where possible and folding anew where not, ends in the same state', () => {
    fc.assert(
      fc.property(
        anyRules,
        anyLog(12).chain((log) => fc.shuffledSubarray([...log, ...log], { minLength: log.length * 2 })),
        (rules, arrivals) => {
          let state: LeadState | undefined
          const seen: (typeof arrivals)[number][] = []
          for (const fact of arrivals) {
            seen.push(fact)
            state = extendLead(state && stored(state), [fact], rules) ?? foldLead(seen, rules)
          }
          expect(state).toEqual(foldLead(arrivals, rules))
        },
      ),
      runs,
    )
  })

  test('a stage never falls without a recycle, and a cycle qualifies at most once', () => {
    fc.assert(
      fc.property(anyRules, anyLog(), (rules, log) => {
        const state = stored(foldLead(log, rules))
        for (const [index, entry] of state.stages.entries()) {
          const before = state.stages[index - 1]
          if (before?.cycle === entry.cycle) {
            expect(stageRank(entry.stage)).toBeGreaterThan(stageRank(before.stage))
          } else if (before) {
            expect(state.recycles.map(({ factId }) => factId)).toContain(entry.factId)
          }
        }
        const cycles = state.qualifications.map(({ cycle }) => cycle)
        expect(new Set(cycles).size).toBe(cycles.length)
      }),
      runs,
    )
  })
})
