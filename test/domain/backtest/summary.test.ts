import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LeadReplay, type Standing, summariseReplay } from '../../../domain/backtest/backtest.ts'
import { emptySummary, figuresOf, mergeSummaries } from '../../../domain/backtest/summary.ts'
import { parseLeadId } from '../../../domain/model/activity.ts'
import { stageIds } from '../../../domain/model/deal.ts'
import { runs } from '../../support/runs.ts'
import { deepFreeze } from '../support/deep-freeze.ts'
import { leadId } from '../support/facts.ts'

const standing = (parts: Partial<Standing> = {}): Standing => ({
  score: 20,
  band: 'cold',
  grade: 'C3',
  stage: 'interest',
  qualifiedAt: [],
  ...parts,
})
const at = (day: number, hour = 9): string =>
  `2026-03-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00.000Z`
const good = (day: number) => ({ type: 'good', since: at(day) }) as const
const bad = (day: number) => ({ type: 'bad', since: at(day) }) as const

const replay = (
  live: Partial<Standing>,
  draft: Partial<Standing>,
  outcome?: LeadReplay['outcome'],
): LeadReplay => ({
  leadId,
  live: standing(live),
  draft: standing(draft),
  ...(outcome && { outcome }),
})

const sum = (replays: readonly LeadReplay[]) =>
  deepFreeze(replays).map(summariseReplay).reduce(mergeSummaries, emptySummary)

describe('adding up replayed leads', () => {
  test('a lead on which both agree counts, and changes nothing', () => {
    const same = { qualifiedAt: [at(2)] }
    expect(sum([replay(same, same)])).toEqual({
      ...emptySummary,
      leads: 1,
      handedOff: { ...emptySummary.handedOff, both: 1 },
      bands: { ...emptySummary.bands, all: { live: { cold: 1 }, draft: { cold: 1 } } },
    })
  })

  test('bands: of all as they stand, of those that sales judged as they stood before', () => {
    const { bands } = sum([
      replay({ band: 'hot' }, { band: 'warm' }),
      replay({ band: 'warm', bandBefore: 'hot' }, { bandBefore: 'warm' }, bad(4)),
      replay({ bandBefore: 'warm' }, { bandBefore: 'hot' }, good(4)),
      replay({}, {}, good(4)),
    ])
    expect(bands).toEqual({
      all: { live: { hot: 1, warm: 1, cold: 2 }, draft: { warm: 1, cold: 3 } },
      good: { live: { warm: 1 }, draft: { hot: 1 } },
      bad: { live: { hot: 1 }, draft: { warm: 1 } },
    })
  })

  test('band, grade and stage: who differs, and from where to where', () => {
    const summary = sum([
      replay({}, { band: 'warm' }),
      replay({}, { grade: 'B3' }),
      replay({}, { stage: 'intent' }),
      replay({}, { stage: 'intent', band: 'hot' }),
      replay({ stage: 'intent' }, { stage: 'interest' }),
      replay({}, { score: 20.5 }),
    ])
    expect(summary).toMatchObject({
      leads: 6,
      scoredDifferently: 3,
      stagedDifferently: 3,
      stages: { interest: { intent: 2 }, intent: { interest: 1 } },
    })
    expect(summary.examples).toHaveLength(6)
  })

  test('handoffs: who gets one, who no longer, who at another time', () => {
    const on = (...moments: string[]) => ({ qualifiedAt: moments })
    expect(
      sum([
        replay(on(), on()),
        replay(on(), on(at(2))),
        replay(on(at(2)), on()),
        replay(on(at(2)), on(at(2), at(9))),
        replay(on(at(2)), on(at(1))),
        replay(on(at(2), at(5)), on(at(3))),
      ]).handedOff,
    ).toEqual({ both: 3, newly: 1, noLonger: 1, earlier: 1, later: 1 })
  })

  test('a handoff counts when it was made before sales judged the lead, to the moment', () => {
    const early = { qualifiedAt: [at(3)] }
    const late = { qualifiedAt: [at(4, 10)] }
    const summary = sum([
      replay(early, early, good(3)),
      replay(early, late, good(4)),
      replay(early, {}, good(4)),
      replay(early, late, bad(4)),
      replay(early, early, bad(4)),
      replay(early, early),
    ])
    expect(summary.live).toEqual({ right: 3, wrong: 2, missed: 0, spared: 0 })
    expect(summary.draft).toEqual({ right: 1, wrong: 1, missed: 2, spared: 1 })
    expect(figuresOf(summary)).toMatchObject({
      live: { precision: 3 / 5, recall: 1, lift: 1 },
      draft: { precision: 1 / 2, recall: 1 / 3, lift: 5 / 6 },
    })
  })

  test('days gained: over those that both hand over and that sales wanted', () => {
    const days = (live: string, draft: string, outcome: LeadReplay['outcome'] = good(20)) =>
      replay({ qualifiedAt: [live] }, { qualifiedAt: [draft] }, outcome)
    const summary = sum([
      days(at(10), at(4)),
      days(at(10), at(10)),
      days(at(10), at(9, 21)),
      days(at(10), at(11)),
      days(at(10), at(1), bad(20)),
      replay({}, { qualifiedAt: [at(1)] }, good(20)),
    ])
    expect(summary.gained).toEqual({
      leads: 4,
      milliseconds: (6 + 0 + 0.5 - 1) * 86_400_000,
      days: { 6: 1, 0: 1, 1: 1, '-1': 1 },
    })
    expect(figuresOf(summary).daysGained).toEqual({ mean: 5.5 / 4, median: 0 })
  })

  test('nothing to divide by gives no figure', () => {
    const nothing = { precision: null, recall: null, lift: null }
    expect(figuresOf(emptySummary)).toEqual({
      live: nothing,
      draft: nothing,
      daysGained: { mean: null, median: null },
    })
  })

  test('the twenty largest changes are kept as examples: score first, then stage', () => {
    const leads = Array.from({ length: 30 }, (_, index) => ({
      ...replay({}, { score: 20 + (index % 25) / 2, stage: index === 5 ? 'purchase' : 'intent' }),
      leadId: parseLeadId(`lead-${String(index).padStart(4, '0')}`) ?? leadId,
    }))
    const { examples } = sum(leads)
    expect(examples).toHaveLength(20)
    expect(examples.map(({ score: [live, draft] }) => draft - live)).toEqual(
      Array.from({ length: 20 }, (_, index) => (24 - index) / 2),
    )
    const [first, second] = sum([leads[5], leads[0]].flatMap((lead) => (lead ? [lead] : []))).examples
    expect([first?.leadId, second?.leadId]).toEqual(['lead-0005', 'lead-0000'])
  })
})

const anyStanding = fc.record({
  score: fc.integer({ min: 0, max: 20 }),
  band: fc.constantFrom('cold', 'warm'),
  grade: fc.constantFrom('A1', 'D4'),
  stage: fc.constantFrom(...stageIds),
  qualifiedAt: fc.array(
    fc.integer({ min: 1, max: 28 }).map((day) => at(day)),
    { maxLength: 2 },
  ),
})
const anyReplay: fc.Arbitrary<LeadReplay> = fc
  .record({
    number: fc.integer({ min: 1000, max: 9999 }),
    live: anyStanding,
    draft: anyStanding,
    outcome: fc.option(fc.integer({ min: 1, max: 28 }).map((day) => (day % 2 ? good(day) : bad(day)))),
  })
  .map(({ number, live, draft, outcome }) => ({
    leadId: parseLeadId(`lead-${number}`) ?? leadId,
    live,
    draft,
    ...(outcome && { outcome }),
  }))

test('pages add up to the same sum, however they are cut and in whichever order they come', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyReplay, { maxLength: 40, selector: (one) => one.leadId }).chain((all) =>
        fc.record({
          all: fc.constant(all),
          shuffled: fc.shuffledSubarray(all, { minLength: all.length }),
          size: fc.integer({ min: 1, max: 9 }),
        }),
      ),
      ({ all, shuffled, size }) => {
        const pages = Array.from({ length: Math.ceil(shuffled.length / size) }, (_, page) =>
          // As a caller gets them: JSON.
          JSON.parse(JSON.stringify(sum(shuffled.slice(page * size, (page + 1) * size)))),
        )
        expect(pages.reduce(mergeSummaries, emptySummary)).toEqual(sum(all))
        expect(pages.reduceRight(mergeSummaries, emptySummary)).toEqual(sum(all))
      },
    ),
    { numRuns: runs(500) },
  )
})
