import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { compareFacts, type Subject } from '../../../domain/model/activity.ts'
import { runs } from '../../support/runs.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { chunked, crashes, deliver } from './deliver.ts'
import { activityOf, anna, ben, essence, familyWorld, phone, type TestActivity } from './family-world.ts'
import { rules } from './record-world.ts'

const carl = { email: 'carl@example.com' }
const laptop = { visitorId: 'laptop' }
const people = [anna, ben, carl]
const browsers = [phone, laptop]

const kinds = [
  ['page.viewed', { path: '/pricing' }],
  ['demo.requested', {}],
  ['profile.updated', { fields: { country: 'DE' } }],
  ['profile.updated', { fields: { country: 'US' } }],
  ['consent.granted', { form: 'newsletter', purpose: 'newsletter', confirmed: true }],
] as const

/** Something done by an address, on a browser or not; on a browser alone; or a form on it that gives an address. */
const deed: fc.Arbitrary<readonly [Subject, type: string, object]> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...people), fc.constantFrom({}, ...browsers), fc.constantFrom(...kinds))
    .map(([person, browser, [type, properties]]) => [person, type, { ...properties, ...browser }] as const),
  fc
    .tuple(fc.constantFrom(...browsers), fc.constantFrom(...kinds))
    .map(([browser, [type, properties]]) => [browser, type, properties] as const),
  fc
    .tuple(fc.constantFrom(...browsers), fc.constantFrom(...people))
    .map(
      ([browser, person]) => [browser, 'form.submitted', { form: 'plain', fields: { ...person } }] as const,
    ),
)

const day = fc.integer({ min: 1, max: 28 })

/** Each as it is sent first and as it is sent again, perhaps with another time. */
const lives = (
  second: fc.Arbitrary<number | null>,
): fc.Arbitrary<(readonly [TestActivity, TestActivity])[]> =>
  fc
    .array(fc.tuple(deed, day, second), { minLength: 2, maxLength: 10 })
    .map((list) =>
      list.map(([[subject, type, properties], first, again], index) => [
        activityOf(subject, `a${index}`, type, first, { ...properties }),
        activityOf(subject, `a${index}`, type, again ?? first, { ...properties }),
      ]),
    )

const inTime = (list: readonly (readonly [TestActivity, TestActivity])[]): readonly TestActivity[] =>
  list.map(([one, other]) => (one.occurredAt <= other.occurredAt ? one : other)).toSorted(compareFacts)

/** Who gave an address with an activity, and on which browser. */
const givenBy = ({ subject, properties: { visitorId, fields } }: TestActivity) => {
  const name = 'visitorId' in subject ? subject.visitorId : visitorId
  const isForm = 'visitorId' in subject && typeof fields === 'object'
  const person = people.find(
    ({ email }) =>
      ('email' in subject && subject.email === email) || (isForm && JSON.stringify(fields).includes(email)),
  )
  return { person, browser: browsers.find(({ visitorId: one }) => one === name) }
}

/** Whom each browser belongs to: the first in time. */
const ownerOf = (ordered: readonly TestActivity[], browser: (typeof browsers)[number]) =>
  ordered.map(givenBy).find((given) => given.person && given.browser === browser)?.person

/** A confirmed sign-up is recorded as the form's own activity too. */
const typesOf = ({ type }: TestActivity): readonly string[] =>
  type === 'consent.granted' ? [type, 'newsletter.subscribed'] : [type]

type World = ReturnType<typeof familyWorld>

const stateOf = async (world: World, subject: Subject) => {
  const { state } = world.leads.items.get(await world.idOf(subject)) ?? {}
  return state && essence(state)
}

/** Everything is brought to its end, owned by whom it should be, and counted there once. */
const expectRight = async (world: World, ordered: readonly TestActivity[]): Promise<void> => {
  for (const browser of browsers) {
    const owner = ownerOf(ordered, browser)
    const lead = world.leads.items.get(await world.idOf(browser))
    expect(lead?.mergedInto).toBe(owner && (await world.idOf(owner)))
    expect(lead?.merge).toBeUndefined()
  }
  for (const person of people) {
    const { state, outbox, leadId } = world.leads.items.get(await world.idOf(person)) ?? {}
    const mine = ordered.filter((activity) => {
      const given = givenBy(activity)
      return (given.person ?? (given.browser && ownerOf(ordered, given.browser))) === person
    })
    const counts = Map.groupBy(mine.flatMap(typesOf), (type) => type)
    expect(
      Object.fromEntries(Object.entries(state?.seen ?? {}).map(([type, { count }]) => [type, count])),
    ).toEqual(Object.fromEntries([...counts].map(([type, list]) => [type, list.length])))
    if (!state || !leadId) continue
    const { facts } = await world.leads.history(leadId)
    expect(JSON.stringify(state)).toBe(JSON.stringify(foldLead(facts, rules, world.times.now)))
    expect(outbox).toEqual([])
  }
}

const delivered = (second: fc.Arbitrary<number | null> = fc.constant(null)) =>
  lives(second).chain((list) =>
    fc.record({
      list: fc.constant(list),
      deliveries: fc.shuffledSubarray(list.flat(), { minLength: 2 * list.length }),
      size: fc.integer({ min: 1, max: 6 }),
      plans: crashes(30),
    }),
  )

/** The states of all that are somebody: the people, and browsers on which nobody gave an address. */
const expectSame = async (world: World, ordered: readonly TestActivity[]): Promise<void> => {
  const quiet = familyWorld()
  await deliver(
    quiet,
    ordered.map((one) => [activityMessage(one)]),
  )
  for (const subject of [...people, ...browsers.filter((browser) => !ownerOf(ordered, browser))])
    expect(await stateOf(world, subject)).toEqual(await stateOf(quiet, subject))
}

test('a shared browser is the one’s who gave an address on it first in time, whatever arrives first and wherever processes die', async () => {
  await fc.assert(
    fc.asyncProperty(delivered(), async ({ list, deliveries, size, plans }) => {
      const world = familyWorld()
      const messages = deliveries.map((one) => activityMessage(one))
      await deliver(world, chunked(messages, size), plans)
      await expectRight(world, inTime(list))
      await expectSame(world, inTime(list))
    }),
    { numRuns: runs(200) },
  )
}, 60_000)

test('so too where an activity comes again with another time: the earlier one is meant', async () => {
  await fc.assert(
    fc.asyncProperty(delivered(fc.option(day)), async ({ list, deliveries }) => {
      const world = familyWorld()
      await deliver(
        world,
        deliveries.map((one) => [activityMessage(one)]),
      )
      await expectRight(world, inTime(list))
      await expectSame(world, inTime(list))
    }),
    { numRuns: runs(100) },
  )
}, 60_000)

/** Pauses that are each another number of steps long: recorders in step would meet for ever. */
const outOfStep = (start: number) => {
  let length = start
  return async (): Promise<void> => {
    length = (length * 7) % 97
    for (let step = 0; step < length; step++) await Promise.resolve()
  }
}

test('and however many recorders take its activities at once', async () => {
  await fc.assert(
    fc.asyncProperty(delivered(), async ({ list, deliveries, size }) => {
      const world = familyWorld()
      const messages = deliveries.map((one) => activityMessage(one))
      const lanes = chunked(messages, Math.ceil(messages.length / 3))
      // Who met another one too often comes again.
      const again = Array.from({ length: 20 }, () => null)
      await Promise.all(
        lanes.map((lane, index) => {
          const ports = { ...world.ports, pauseUpTo: outOfStep(index + 1) }
          return deliver({ ...world, ports }, chunked(lane, size), again)
        }),
      )
      await expectRight(world, inTime(list))
    }),
    { numRuns: runs(100) },
  )
}, 60_000)
