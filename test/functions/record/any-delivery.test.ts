import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { runs } from '../../support/runs.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { chunked, crashes, deliver } from './deliver.ts'
import { activityOfAnna, recordWorld, rules } from './record-world.ts'

type Activity = ReturnType<typeof activityOfAnna>

const kinds = [
  ['page.viewed', { path: '/pricing' }],
  ['demo.requested', {}],
  ['quote.requested', {}],
  ['sales.engaged', {}],
  ['profile.updated', { fields: { country: 'DE', employees: 300 } }],
  ['form.submitted', { form: 'demo', fields: { role: 'student' }, language: 'de' }],
  ['form.submitted', { form: 'newsletter', fields: {}, language: 'en' }],
  ['consent.granted', { form: 'newsletter', purpose: 'newsletter', confirmed: true }],
  ['consent.withdrawn', {}],
  ['handoff.rejected', { reason: 'not-now' }],
] as const

const activities: fc.Arbitrary<Activity[]> = fc
  .array(fc.tuple(fc.constantFrom(...kinds), fc.integer({ min: 1, max: 28 })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((list) =>
    list.map(([[type, properties], day], index) => activityOfAnna(`a${index}`, type, day, properties)),
  )

const inOrder = (list: readonly Activity[]) =>
  list.toSorted((a, b) => (`${a.occurredAt} ${a.id}` < `${b.occurredAt} ${b.id}` ? -1 : 1))

test('any order, repetition and batching, with processes dying anywhere, ends in the same log and state', async () => {
  await fc.assert(
    fc.asyncProperty(
      activities.chain((list) =>
        fc.record({
          list: fc.constant(list),
          deliveries: fc.shuffledSubarray([...list, ...list, ...list], { minLength: 3 * list.length }),
          size: fc.integer({ min: 1, max: 6 }),
          plans: crashes(9),
        }),
      ),
      async ({ list, deliveries, size, plans }) => {
        const quiet = recordWorld()
        await deliver(
          quiet,
          inOrder(list).map((one) => [activityMessage(one)]),
          [],
        )
        const world = recordWorld()
        await deliver(
          world,
          chunked(
            deliveries.map((one) => activityMessage(one)),
            size,
          ),
          plans,
        )

        const { leadId, state, outbox } = world.lead()
        expect(world.leads.log(leadId)).toEqual(quiet.leads.log(leadId))
        expect(JSON.stringify(state)).toBe(JSON.stringify(quiet.lead().state))
        expect(JSON.stringify(state)).toBe(
          JSON.stringify(foldLead(world.leads.log(leadId), rules, world.times.now)),
        )
        expect(outbox).toEqual([])
        // Whatever the final state implies has been said.
        const implied = state ? decide({ leadId, email: 'anna@example.com' }, undefined, state) : []
        expect(world.decisionIds()).toEqual(expect.arrayContaining(implied.map(({ id }) => id)))
      },
    ),
    { numRuns: runs(300) },
  )
})

test('in order, one by one, repeats and crashes change nothing in what is decided', async () => {
  await fc.assert(
    fc.asyncProperty(activities, crashes(9), async (list, plans) => {
      const quiet = recordWorld()
      await deliver(
        quiet,
        inOrder(list).map((one) => [activityMessage(one)]),
        [],
      )
      const world = recordWorld()
      const repeated = inOrder(list).flatMap((one) => [activityMessage(one), activityMessage(one)])
      await deliver(
        world,
        repeated.map((message) => [message]),
        plans,
      )
      expect(world.decisionIds()).toEqual(quiet.decisionIds())
    }),
    { numRuns: runs(200) },
  )
})
