import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { runs } from '../../support/runs.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { chunked } from './deliver.ts'
import { recordWorld, rules } from './record-world.ts'

const start = Date.parse('2026-01-01T00:00:00.000Z')
const types = ['page.viewed', 'demo.requested', 'content.viewed', 'quote.requested']

interface ActivityAt {
  readonly id: string
  readonly type: string
  readonly subject: { readonly email: string }
  readonly occurredAt: string
  readonly properties: JsonObject
}

/** One of Anna's, so many minutes after the year began. */
const at = (minute: number, id = `a${minute}`): ActivityAt => ({
  id,
  type: types[minute % types.length] ?? '',
  subject: { email: 'anna@example.com' },
  occurredAt: new Date(start + minute * 60_000).toISOString(),
  properties: { path: '/pricing' },
})

/** A world that counts which parts of the log were read. */
const countingWorld = () => {
  const world = recordWorld()
  const reads = { histories: 0, tails: [] as number[] }
  let fails = false
  const counted = <Result extends readonly Fact[]>(facts: Result): Result => {
    reads.tails.push(facts.length)
    return facts
  }
  const leads = {
    ...world.leads,
    history: async (...given: Parameters<typeof world.leads.history>) => {
      reads.histories += 1
      return world.leads.history(...given)
    },
    tail: async (...given: Parameters<typeof world.leads.tail>) => counted(await world.leads.tail(...given)),
  }
  const commit = (...given: Parameters<typeof world.leads.commit>) =>
    fails ? Promise.reject(new Error('the process ends')) : world.leads.commit(...given)
  const record = makeRecordActivities({ ...world.ports, leads: { ...leads, commit } })
  /** Its process ends before the state is written. */
  const begin = async (activity: ActivityAt) => {
    fails = true
    expect((await record([activityMessage(activity)])).size).toBe(1)
    fails = false
  }
  const take = async (...list: readonly ActivityAt[]) => {
    for (const batch of chunked(list, 10))
      expect((await record(batch.map((one) => activityMessage(one)))).size).toBe(0)
  }
  const isRight = () => {
    const { leadId, state } = world.lead()
    expect(JSON.stringify(state)).toBe(
      JSON.stringify(foldLead(world.leads.log(leadId), rules, world.times.now)),
    )
  }
  const forget = () => {
    reads.histories = 0
    reads.tails.length = 0
  }
  return { ...world, reads, forget, take, begin, isRight }
}

const minutes = (from: number, count: number) => Array.from({ length: count }, (_, index) => at(from + index))

describe('a late fact', () => {
  test('reads the log from the latest checkpoint before it, whatever came earlier', async () => {
    const world = countingWorld()
    await world.take(...minutes(1000, 1000))
    expect(world.lead().checkpoints).toHaveLength(2)
    world.forget()
    await world.take(at(1990, 'late'))
    expect(world.reads.histories).toBe(0)
    expect(world.reads.tails).toHaveLength(1)
    expect(world.reads.tails[0]).toBeLessThanOrEqual(256)
    world.isRight()
  })

  test('older than every checkpoint reads the whole log, and those later than it no longer count', async () => {
    const world = countingWorld()
    await world.take(...minutes(1000, 400))
    world.forget()
    await world.take(at(1, 'very-late'))
    expect(world.reads.histories).toBe(1)
    world.isRight()
    await world.take(at(1390, 'late'))
    expect(world.reads.histories).toBe(1)
    world.isRight()
  })

  test('trusts no slot that holds another state than the one that was meant', async () => {
    const world = countingWorld()
    await world.take(...minutes(1000, 400))
    const { leadId, checkpoints = [] } = world.lead()
    const wrong = foldLead(world.leads.log(leadId).slice(0, 5), rules)
    if (!wrong) throw new Error('no state')
    for (const { slot } of checkpoints) await world.leads.checkpoints.keep(leadId, slot, wrong)
    world.forget()
    await world.take(at(1390, 'late'))
    expect(world.reads.histories).toBe(1)
    world.isRight()
  })

  test('one that takes another back leaves no checkpoint standing', async () => {
    const world = countingWorld()
    await world.take(...minutes(1000, 400))
    await world.take({
      ...at(1500, 'void'),
      type: 'activity.voided',
      properties: { activityId: 'a1003' },
    })
    world.isRight()
    await world.take(at(1395, 'late'))
    world.isRight()
  })

  test('lateness of any kind ends in the state of the whole log', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 600 }), fc.nat({ max: 10 })), { minLength: 200, maxLength: 450 }),
        async (places) => {
          const world = countingWorld()
          // Mostly in order: each is at most so much later than its turn, and some are very late.
          const list = places.map(([place, lateness], index) =>
            at(lateness === 0 ? place : 1000 + index - lateness, `f${index}`),
          )
          await world.take(...list)
          world.isRight()
        },
      ),
      { numRuns: runs(25) },
    )
  }, 60_000)
})

describe('the same id', () => {
  test.each([
    ['at once', 0],
    ['after more facts than the state remembers', 200],
  ])('with another time counts once, at the earlier: %s', async (_name, between) => {
    for (const [first, second] of [
      [2000, 1500],
      [1500, 2000],
    ] as const) {
      const world = countingWorld()
      await world.take({ ...at(first), id: 'same', type: 'sample.requested' })
      if (between > 0) await world.take(...minutes(2100, between))
      await world.take({ ...at(second), id: 'same', type: 'sample.requested' })
      await world.take(at(3000))
      expect(world.lead().state?.seen['sample.requested']).toMatchObject({
        count: 1,
        first: at(1500).occurredAt,
      })
      world.isRight()
    }
  })

  test('with an earlier time is folded anew by the repeat, where the first try moved it and died', async () => {
    const world = countingWorld()
    await world.take({ ...at(2000), id: 'same', type: 'sample.requested' }, at(2001))
    const earlier = { ...at(1500), id: 'same', type: 'sample.requested' }
    await world.begin(earlier)
    await world.take(earlier)
    expect(world.lead().state?.seen['sample.requested']).toMatchObject({ first: earlier.occurredAt })
    world.isRight()
  })

  test.each([
    ['an earlier time', 1500],
    ['the same time', 2000],
    ['a later time', 2500],
  ])(
    'with other content and %s says what it said first, and so does what follows from it',
    async (_name, second) => {
      const form = {
        type: 'form.submitted',
        properties: { form: 'demo', fields: { company: 'Real' }, language: 'de' },
      }
      const other = {
        type: 'form.submitted',
        properties: { form: 'newsletter', fields: { company: 'Forged' }, language: 'en' },
      }
      for (const apart of [true, false]) {
        const world = countingWorld()
        const quiet = countingWorld()
        const first = { ...at(2000), id: 'same', ...form }
        const repeat = { ...at(second), id: 'same', ...other }
        if (apart) {
          await world.take(first)
          await world.take(repeat)
        } else await world.take(first, repeat)
        await quiet.take({ ...first, occurredAt: at(Math.min(2000, second)).occurredAt })
        expect(world.leads.log(world.lead().leadId)).toEqual(quiet.leads.log(quiet.lead().leadId))
        expect(world.lead().state?.attributes.company?.value).not.toBe('Forged')
        world.isRight()
      }
    },
  )
})
