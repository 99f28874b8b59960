import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { latestOf, timelineOf } from '../../../domain/lead/timeline.ts'
import { compareFacts } from '../../../domain/model/activity.ts'
import { runs } from '../../support/runs.ts'
import { anyLog, anyNow, anyRules, anyTraffic } from '../support/arbitrary.ts'
import { stored } from '../support/facts.ts'

test('what followed from the latest facts is told from an earlier state as it is from the whole log', () => {
  let told = 0
  fc.assert(
    fc.property(
      anyRules,
      anyNow,
      fc.oneof(anyLog(), anyTraffic()),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (rules, now, log, share) => {
        const sorted = log.toSorted(compareFacts)
        const cut = Math.max(1, Math.floor(sorted.length * share))
        const before = stored(foldLead(sorted.slice(0, cut), rules, sorted[cut - 1]?.occurredAt))
        const facts = sorted.slice(cut)
        const latest = latestOf(before, facts, { rules, now, email: 'anna@example.com' })
        if (!latest) return
        told += 1
        const whole = timelineOf(sorted, rules, now, 'anna@example.com')
        expect(latest).toEqual(whole.slice(0, facts.length))
      },
    ),
    { numRuns: runs(1500) },
  )
  expect(told).toBeGreaterThan(runs(1500) / 3)
})
