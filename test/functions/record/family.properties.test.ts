import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Subject } from '../../../domain/model/activity.ts'
import { runs } from '../../support/runs.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { chunked, crashes, deliver } from './deliver.ts'
import { activityOf, anna, ben, essence, familyWorld, phone, type TestActivity } from './family-world.ts'
import { rules } from './record-world.ts'

const laptop = { visitorId: 'laptop' }

const kinds = [
  ['page.viewed', { path: '/pricing' }],
  ['demo.requested', {}],
  ['profile.updated', { fields: { country: 'DE' } }],
  ['consent.granted', { form: 'newsletter', purpose: 'newsletter', confirmed: true }],
] as const

const ways: readonly (readonly [Subject, object])[] = [
  [anna, {}],
  [anna, { visitorId: 'phone' }],
  [anna, { visitorId: 'laptop' }],
  [phone, {}],
  [laptop, {}],
]

/** What one person does on two browsers, in the end known on both. */
const oneLife: fc.Arbitrary<TestActivity[]> = fc
  .array(fc.tuple(fc.constantFrom(...kinds), fc.constantFrom(...ways), fc.integer({ min: 1, max: 28 })), {
    maxLength: 8,
  })
  .map((list) => [
    ...list.map(([[type, properties], [subject, browser], day], index) =>
      activityOf(subject, `a${index}`, type, day, { ...properties, ...browser }),
    ),
    activityOf(phone, 'f', 'form.submitted', 14, { form: 'plain', fields: { ...anna } }),
    activityOf(anna, 'g', 'quote.requested', 20, { visitorId: 'laptop' }),
  ])

test('one person on several browsers is one state, in whatever order the facts come and wherever processes die', async () => {
  await fc.assert(
    fc.asyncProperty(
      oneLife.chain((list) =>
        fc.record({
          list: fc.constant(list),
          deliveries: fc.shuffledSubarray([...list, ...list], { minLength: 2 * list.length }),
          size: fc.integer({ min: 1, max: 6 }),
          plans: crashes(24),
        }),
      ),
      async ({ list, deliveries, size, plans }) => {
        const alone = familyWorld()
        await deliver(
          alone,
          list.map((one) => [activityMessage({ ...one, subject: anna })]),
        )
        const world = familyWorld()
        const messages = deliveries.map((one) => activityMessage(one))
        await deliver(world, chunked(messages, size), plans)

        const { leadId, state, outbox, email } = await world.leadOf(anna)
        if (!state) throw new Error('no state')
        const { facts } = await world.leads.history(leadId)
        expect(JSON.stringify(state)).toBe(JSON.stringify(foldLead(facts, rules, world.times.now)))
        // Whoever gives the address in a form says it among the fields too.
        expect(essence(state)).toEqual(
          expect.objectContaining({ seen: essence(await alone.stateOf(anna)).seen }),
        )
        expect(state.engagement).toEqual((await alone.stateOf(anna)).engagement)
        expect(state.stages).toEqual((await alone.stateOf(anna)).stages)
        expect(email).toBe('anna@example.com')
        expect(outbox).toEqual([])
        for (const other of world.leads.items.values()) {
          if (other.leadId === leadId) continue
          expect(other).toMatchObject({ mergedInto: leadId })
          expect(other.merge).toBeUndefined()
        }
        const implied = decide({ leadId, email: 'anna@example.com' }, undefined, state)
        expect(world.decisionIds()).toEqual(
          expect.arrayContaining(implied.filter(({ type }) => type !== 'LeadMerged').map(({ id }) => id)),
        )
      },
    ),
    { numRuns: runs(300) },
  )
}, 240_000)

const lives = fc
  .array(fc.tuple(fc.constantFrom(...kinds), fc.constantFrom(anna, ben), fc.integer({ min: 1, max: 28 })), {
    maxLength: 8,
  })
  .map((list) => [
    activityOf(anna, 'x', 'page.viewed', 3, { path: '/pricing' }),
    activityOf(ben, 'y', 'demo.requested', 4),
    ...list.map(([[type, properties], subject, day], index) =>
      activityOf(subject, `a${index}`, type, day, properties),
    ),
  ])

test('merging and unmerging leaves both as if it had never been, however often each is repeated and wherever processes die', async () => {
  await fc.assert(
    fc.asyncProperty(
      lives,
      fc.shuffledSubarray(['m', 'u', 'm', 'u', 'm', 'u'] as const, { minLength: 2 }),
      crashes(24),
      async (list, told, plans) => {
        const [quiet, world] = [familyWorld(), familyWorld()]
        for (const one of [quiet, world])
          await deliver(
            one,
            list.slice(0, 2).map((fact) => [activityMessage(fact)]),
          )
        await deliver(quiet, [list.map((fact) => activityMessage(fact))])

        const [a, b] = [await world.idOf(anna), await world.idOf(ben)]
        const changes = { m: world.merged(a, b, 'm', 10), u: world.unmerged(a, b, 'u', 11) }
        const mixed = [...told, 'm' as const, 'u' as const].map((name) => changes[name])
        const facts = list.map((fact) => activityMessage(fact))
        await deliver(
          world,
          mixed.map((change, index) => [activityMessage(change), ...facts.slice(index, index + 1)]),
          plans,
        )
        await deliver(world, [facts])

        expect(essence(await world.stateOf(anna))).toEqual(essence(await quiet.stateOf(anna)))
        expect(essence(await world.stateOf(ben))).toEqual(essence(await quiet.stateOf(ben)))
        expect((await world.leadOf(ben)).mergedInto).toBeUndefined()
        expect(await world.leadOf(ben)).toMatchObject({ email: 'ben@example.com', outbox: [] })
      },
    ),
    { numRuns: runs(200) },
  )
}, 240_000)
