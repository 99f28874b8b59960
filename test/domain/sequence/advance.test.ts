import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Sequence, Step } from '../../../domain/model/sequence.ts'
import { enterSequence } from '../../../domain/sequence/enter-sequence.ts'
import { resumeRun } from '../../../domain/sequence/resume-run.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import { splitWay } from '../../../domain/step/split.ts'
import type { LeadContext } from '../../../domain/step/step-kind.ts'
import { runs } from '../../support/runs.ts'
import { hour, reached, sequence } from './sample-run.ts'

const length = 12

/** Any program that leads forward. */
const anyProgram: fc.Arbitrary<readonly Step[]> = fc.tuple(
  ...Array.from({ length }, (_, at): fc.Arbitrary<Step> => {
    const ahead = fc.integer({ min: at + 1, max: length })
    return fc.oneof(
      fc.constantFrom<Step>({ type: 'email', email: 'a' }, { type: 'email', email: 'b' }),
      fc.constantFrom<Step>(
        { type: 'wait', for: hour },
        { type: 'wait-until', time: '10:00' },
        { type: 'wait-date', attribute: 'renewsAt', days: -60, time: '09:00' },
        { type: 'wait-date', attribute: 'renewsAt', days: 30, time: '02:30' },
      ),
      fc.constantFrom<Step>({ type: 'set', attributes: { segment: 'x' } }),
      ahead.map((otherwise): Step => ({ type: 'branch', if: 'clicked("a")', otherwise })),
      ahead.map((goto): Step => ({ type: 'jump', goto })),
      fc.tuple(ahead, ahead).map(
        ([a, b]): Step => ({
          type: 'split',
          name: 'test',
          ways: [
            { id: 'a', goto: a },
            { id: 'b', goto: b },
          ],
        }),
      ),
    )
  }),
)

const lead = (clicked: boolean, timeZone: string): LeadContext => ({
  holds: () => clicked,
  holdsInCycle: () => clicked,
  attribute: (name) => (name === 'renewsAt' ? '2026-06-30' : undefined),
  timeZone,
})

/** Lives through a sequence from entry to end, waking it at each wait. */
const live = (given: Sequence, lead: LeadContext): readonly Run[] => {
  const entry = enterSequence(reached, 'p1', undefined, {
    sequence: given,
    lead,
    now: reached.fact.occurredAt,
  })
  if (entry.type !== 'entered') throw new Error(entry.because)
  const runs = [entry.run]
  let run = entry.run
  while (run.status.type === 'waiting') {
    run = resumeRun({ ...run, outbox: [] }, { sequence: given, lead, now: run.status.until })
    runs.push(run)
    if (runs.length > length + 1) throw new Error('never ends')
  }
  return runs
}

describe('whatever the program', () => {
  const open = { id: 'any', version: '1', enter: sequence.enter, reenter: 'never' } as const

  test('every run ends, no email has the same id twice, and nothing is decided twice', () => {
    fc.assert(
      fc.property(anyProgram, fc.boolean(), (program, clicked) => {
        const runs = live({ ...open, program }, lead(clicked, 'Europe/Berlin'))
        expect(runs.at(-1)?.status.type).toBe('completed')
        const decisions = runs.flatMap(({ outbox }) => outbox)
        const ids = decisions.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        const sends = decisions.flatMap(({ type, data }) => (type === 'EmailRequested' ? [data.sendId] : []))
        expect(new Set(sends).size).toBe(sends.length)
        expect(decisions.filter(({ type }) => type === 'SequenceExited')).toHaveLength(1)
      }),
      { numRuns: runs(500) },
    )
  })

  test('walking again decides the same', () => {
    fc.assert(
      fc.property(anyProgram, fc.boolean(), (program, clicked) => {
        const given = lead(clicked, 'America/New_York')
        expect(live({ ...open, program }, given)).toEqual(live({ ...open, program }, given))
      }),
      { numRuns: runs(200) },
    )
  })
})

describe('splitWay', () => {
  test('is the same each time, and not the same for every split', () => {
    expect(splitWay('lead-0001:interest:1', 'subject', [{}, {}])).toBe(
      splitWay('lead-0001:interest:1', 'subject', [{}, {}]),
    )
    const ways = Array.from({ length: 20 }, (_, index) =>
      splitWay('lead-0001:interest:1', `split-${index}`, [{}, {}]),
    )
    expect(new Set(ways)).toEqual(new Set([0, 1]))
  })

  test.each([2, 3, 5])('spreads 30,000 runs evenly over %i ways', (ways) => {
    const runs = 30_000
    const counts = Array.from({ length: ways }, () => 0)
    for (let index = 0; index < runs; index++) {
      const way = splitWay(`lead-${index}:interest:1`, 'subject', Array(ways).fill({}))
      counts[way] = (counts[way] ?? 0) + 1
    }
    // Five standard deviations of a fair draw.
    const spread = 5 * Math.sqrt((runs / ways) * (1 - 1 / ways))
    for (const count of counts) expect(Math.abs(count - runs / ways)).toBeLessThan(spread)
  })

  test('follows the shares of the ways', () => {
    const runs = 30_000
    const ways = [{ share: 80 }, { share: 15 }, { share: 5 }]
    const counts = [0, 0, 0]
    for (let index = 0; index < runs; index++) {
      const way = splitWay(`lead-${index}:interest:1`, 'subject', ways)
      counts[way] = (counts[way] ?? 0) + 1
    }
    for (const [way, { share }] of ways.entries()) {
      const expected = (runs * share) / 100
      const spread = 5 * Math.sqrt(expected * (1 - share / 100))
      expect(Math.abs((counts[way] ?? 0) - expected)).toBeLessThan(spread)
    }
  })
})
