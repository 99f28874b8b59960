import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { dataOf } from '../../domain/support/decided-data.ts'
import { activityMessage, busMessage } from '../fakes/bus-message.ts'
import { activityOf, anna, ben, essence, familyWorld, phone } from './family-world.ts'
import { rules } from './record-world.ts'

const viewed = (subject: typeof anna | typeof phone, id: string, day = 2) =>
  activityOf(subject, id, 'page.viewed', day, { path: '/pricing' })
const named = (subject: typeof anna, id: string, day = 5) =>
  activityOf(subject, id, 'demo.requested', day, { visitorId: 'phone' })

describe('a browser', () => {
  test('that gives an address brings along what it did, at its own time', async () => {
    const world = familyWorld()
    await world.take(viewed(phone, 'a'), viewed(phone, 'b', 3))
    const browser = await world.idOf(phone)
    await world.take(named(anna, 'c'))
    const lead = await world.leadOf(anna)
    expect(lead.state?.seen['page.viewed']).toMatchObject({ count: 2, first: '2026-03-02T09:00:00.000Z' })
    expect(lead.state?.family?.members).toEqual([browser])
    expect(world.leads.log(lead.leadId).map(({ id }) => id)).toEqual([
      'c',
      `join:${browser}:2026-03-05T09:00:00.000Z:c`,
    ])
    expect(world.leads.log(browser).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(world.leads.items.get(browser)).toMatchObject({ mergedInto: lead.leadId })
    expect(world.leads.items.get(browser)?.merge).toBeUndefined()
    expect(world.bus.published.filter(({ type }) => type === 'LeadMerged')).toEqual([
      expect.objectContaining({ leadId: lead.leadId, data: { leadId: lead.leadId, merged: browser } }),
    ])
  })

  test('that has joined goes on counting for the person', async () => {
    const world = familyWorld()
    await world.take(viewed(phone, 'a'))
    await world.take(named(anna, 'c'))
    await world.take(viewed(phone, 'd', 7))
    const lead = await world.leadOf(anna)
    expect(lead.state?.seen['page.viewed']?.count).toBe(2)
    const { facts } = await world.leads.history(lead.leadId)
    expect(lead.state).toEqual(foldLead(facts, rules, world.times.now))
  })

  test('joins by the address in a form that it fills in', async () => {
    const world = familyWorld()
    await world.take(viewed(phone, 'a'))
    await world.take(activityOf(phone, 'f', 'form.submitted', 4, { form: 'plain', fields: { ...anna } }))
    const lead = await world.leadOf(anna)
    expect(lead.email).toBe('anna@example.com')
    expect(lead.state?.seen).toMatchObject({ 'page.viewed': { count: 1 }, 'form.submitted': { count: 1 } })
  })

  test('that nobody knew is joined from the start', async () => {
    const world = familyWorld()
    await world.take(named(anna, 'c'), viewed(phone, 'd', 7))
    expect((await world.leadOf(phone)).mergedInto).toBe(await world.idOf(anna))
    expect((await world.stateOf(anna)).seen).toMatchObject({ 'page.viewed': { count: 1 } })
    expect(world.bus.published.filter(({ type }) => type === 'LeadCreated')).toHaveLength(1)
  })

  test.each([
    ['that joined before', true],
    ['that did nothing before', false],
  ])('shared by two stays with the first person: one %s', async (_name, browsedBefore) => {
    const world = familyWorld()
    if (browsedBefore) await world.take(viewed(phone, 'a'))
    await world.take(named(anna, 'c'))
    const before = await world.stateOf(anna)
    await world.take(named(ben, 'x', 6))
    await world.take(viewed(phone, 'd', 7))
    expect((await world.stateOf(ben)).seen['page.viewed']).toBeUndefined()
    expect((await world.stateOf(anna)).seen['demo.requested']).toEqual(before.seen['demo.requested'])
    expect((await world.stateOf(anna)).attributes).toEqual(before.attributes)
    expect((await world.stateOf(anna)).seen['page.viewed']?.count).toBe(browsedBefore ? 2 : 1)
  })

  test('moves to who gave an address on it before, with what it did', async () => {
    const world = familyWorld()
    await world.take(viewed(phone, 'a'))
    await world.take(named(anna, 'c', 6))
    await world.take(named(ben, 'x', 5))
    await world.take(viewed(phone, 'd', 7))
    const [a, b, browser] = [await world.idOf(anna), await world.idOf(ben), await world.idOf(phone)]
    expect((await world.stateOf(anna)).seen['page.viewed']).toBeUndefined()
    expect((await world.stateOf(anna)).family).toBeUndefined()
    expect((await world.leadOf(anna)).members).toEqual([])
    expect((await world.stateOf(ben)).seen['page.viewed']?.count).toBe(2)
    const told = world.bus.published.filter(({ type }) => /Merged|Unmerged/.test(type))
    expect(told.map((one) => [one.type, one.leadId, dataOf(one).merged])).toEqual([
      ['LeadMerged', a, browser],
      ['LeadUnmerged', a, browser],
      ['LeadMerged', b, browser],
    ])
    await world.take(named(anna, 'e', 4))
    expect((await world.stateOf(anna)).seen['page.viewed']?.count).toBe(2)
    expect((await world.stateOf(ben)).seen['page.viewed']).toBeUndefined()
  })

  test('that moves while something is recorded about it takes that along', async () => {
    const world = familyWorld()
    await world.take(viewed(phone, 'a'))
    await world.take(named(anna, 'c', 6))
    const browser = await world.idOf(phone)
    let moved = false
    const load: typeof world.leads.load = async (leadId) => {
      const lead = await world.leads.load(leadId)
      if (leadId === browser && !moved) {
        moved = true
        await world.take(named(ben, 'x', 5))
      }
      return lead
    }
    const record = makeRecordActivities({ ...world.ports, leads: { ...world.leads, load } })
    expect((await record([activityMessage(viewed(phone, 'd', 7))])).size).toBe(0)
    expect((await world.stateOf(anna)).seen['page.viewed']).toBeUndefined()
    expect((await world.stateOf(ben)).seen['page.viewed']?.count).toBe(2)
  })

  test('merged by hand does not move by itself', async () => {
    const world = familyWorld()
    await world.take(viewed(phone, 'a'), viewed(anna, 'b', 3))
    const [person, browser] = [await world.idOf(anna), await world.idOf(phone)]
    await world.take(world.merged(person, browser, 'm', 20))
    await world.take(named(ben, 'x', 5))
    expect((await world.leadOf(phone)).mergedInto).toBe(person)
    expect((await world.stateOf(ben)).seen['page.viewed']).toBeUndefined()
  })

  test('set apart by hand joins somebody else, but not the same person, even by an earlier activity', async () => {
    const world = familyWorld()
    await world.take(viewed(phone, 'a'))
    await world.take(named(anna, 'c'))
    const [person, browser] = [await world.idOf(anna), await world.idOf(phone)]
    await world.take(world.unmerged(person, browser, 'u', 8))
    await world.take(named(anna, 'e', 3))
    expect((await world.leadOf(phone)).mergedInto).toBeUndefined()
    await world.take(named(ben, 'x', 12))
    expect((await world.leadOf(phone)).mergedInto).toBe(await world.idOf(ben))
    await world.take(named(anna, 'f', 4))
    expect((await world.leadOf(phone)).mergedInto).toBe(await world.idOf(ben))
  })

  test('set apart by hand does not join again by itself', async () => {
    const world = familyWorld()
    await world.take(viewed(phone, 'a'))
    await world.take(named(anna, 'c'))
    const [person, browser] = [await world.idOf(anna), await world.idOf(phone)]
    await world.take(world.unmerged(person, browser, 'u', 8))
    await world.take(named(anna, 'e', 9))
    expect((await world.leadOf(phone)).mergedInto).toBeUndefined()
    expect((await world.stateOf(anna)).seen['page.viewed']).toBeUndefined()
    expect((await world.stateOf(phone)).seen['page.viewed']?.count).toBe(1)
  })
})

describe('two leads', () => {
  const met = async () => {
    const world = familyWorld()
    await world.take(viewed(anna, 'a'), activityOf(ben, 'b', 'demo.requested', 3), viewed(ben, 'd', 4))
    return { world, a: await world.idOf(anna), b: await world.idOf(ben) }
  }

  test('merged and unmerged again are what they were', async () => {
    const { world, a, b } = await met()
    const [annaBefore, benBefore] = [await world.stateOf(anna), await world.stateOf(ben)]
    await world.take(world.merged(a, b, 'm', 10))
    const both = await world.stateOf(anna)
    expect(both.seen).toMatchObject({ 'page.viewed': { count: 2 }, 'demo.requested': { count: 1 } })
    expect(await world.leadOf(anna)).toMatchObject({ email: 'anna@example.com', members: [b] })
    await world.take(world.unmerged(a, b, 'u', 11))
    expect(essence(await world.stateOf(anna))).toEqual(essence(annaBefore))
    expect(await world.stateOf(ben)).toEqual(benBefore)
    expect((await world.leadOf(ben)).mergedInto).toBeUndefined()
    expect((await world.leadOf(ben)).unlisted).toBeUndefined()
    expect((await world.leadOf(anna)).members ?? []).toEqual([])
    const told = world.bus.published.filter(({ type }) => /Merged|Unmerged/.test(type))
    expect(told.map((one) => [one.type, one.leadId, dataOf(one).merged])).toEqual([
      ['LeadMerged', a, b],
      ['LeadUnmerged', a, b],
    ])
  })

  test('what came for the one while it was merged is its own afterwards', async () => {
    const { world, a, b } = await met()
    await world.take(world.merged(a, b, 'm', 10))
    await world.take(activityOf(ben, 'q', 'quote.requested', 11))
    expect((await world.stateOf(anna)).seen['quote.requested']?.count).toBe(1)
    await world.take(world.unmerged(a, b, 'u', 12))
    expect((await world.stateOf(anna)).seen['quote.requested']).toBeUndefined()
    expect((await world.stateOf(ben)).seen['quote.requested']?.count).toBe(1)
  })

  test('a lead without an address takes that of the one merged into it, and gives it back', async () => {
    const world = familyWorld()
    await world.take(viewed(phone, 'a'), viewed(ben, 'b'))
    const [browser, b] = [await world.idOf(phone), await world.idOf(ben)]
    await world.take(world.merged(browser, b, 'm', 10))
    expect((await world.leadOf(phone)).email).toBe('ben@example.com')
    await world.take(world.unmerged(browser, b, 'u', 11))
    expect((await world.leadOf(phone)).email).toBeUndefined()
    expect((await world.leadOf(ben)).email).toBe('ben@example.com')
  })

  test('a repeat of an old merge undoes no later parting, nor the other way round', async () => {
    const { world, a, b } = await met()
    const [merge, part] = [world.merged(a, b, 'm', 10), world.unmerged(a, b, 'u', 11)]
    await world.take(merge)
    await world.take(part)
    await world.take(merge)
    expect((await world.leadOf(ben)).mergedInto).toBeUndefined()
    await world.take(world.merged(a, b, 'm2', 12))
    await world.take(part)
    expect((await world.leadOf(ben)).mergedInto).toBe(a)
  })

  test('members of a member come along, and go with it', async () => {
    const { world, a, b } = await met()
    await world.take(activityOf({ email: 'carl@example.com' }, 'q', 'quote.requested', 5))
    const c = await world.idOf({ email: 'carl@example.com' })
    await world.take(world.merged(b, c, 'm', 10))
    await world.take(world.merged(a, b, 'm2', 11))
    expect(Object.keys((await world.stateOf(anna)).seen).sort()).toEqual([
      'demo.requested',
      'page.viewed',
      'quote.requested',
    ])
    await world.take(activityOf({ email: 'carl@example.com' }, 'w', 'webinar.attended', 12))
    expect((await world.stateOf(anna)).seen['webinar.attended']?.count).toBe(1)
    await world.take(world.unmerged(a, b, 'u', 13))
    expect(Object.keys((await world.stateOf(anna)).seen)).toEqual(['page.viewed'])
    expect((await world.stateOf(ben)).seen['webinar.attended']?.count).toBe(1)
  })

  test('of two that merge the same one at once, one wins', async () => {
    const { world, a, b } = await met()
    await world.take(viewed({ email: 'carl@example.com' }, 'c'))
    const c = await world.idOf({ email: 'carl@example.com' })
    const failures = await Promise.all([
      world.record([activityMessage(world.merged(a, b, 'm1', 10))]),
      world.record([activityMessage(world.merged(c, b, 'm2', 10))]),
    ])
    expect(failures.map(({ size }) => size)).toEqual([0, 0])
    const into = (await world.leadOf(ben)).mergedInto
    expect([a, c]).toContain(into)
    const other = into === a ? c : a
    expect(world.leads.items.get(other)?.state?.seen['demo.requested']).toBeUndefined()
    expect(world.leads.log(other).some(({ type }) => type === 'lead.merged')).toBe(false)
  })

  test('merged into each other at once become one person', async () => {
    const { world, a, b } = await met()
    const messages = [world.merged(a, b, 'm1', 10), world.merged(b, a, 'm2', 10)].map((one) =>
      activityMessage(one),
    )
    const failed = await Promise.all(messages.map((message) => world.record([message])))
    // Who met the other comes again.
    for (const [index, { size }] of failed.entries())
      if (size > 0) await world.record([messages[index] ?? activityMessage({})])
    const roots = [a, b].filter((id) => world.leads.items.get(id)?.mergedInto === undefined)
    expect(roots).toHaveLength(1)
    expect(world.leads.items.get(roots[0] ?? a)?.state?.seen).toMatchObject({
      'page.viewed': { count: 2 },
      'demo.requested': { count: 1 },
    })
  })

  test('an activity that meets a merge on its way counts where the lead has gone', async () => {
    const { world, a, b } = await met()
    let interrupted = false
    const commit: typeof world.leads.commit = async (...given) => {
      if (!interrupted) {
        interrupted = true
        await world.take(world.merged(a, b, 'm', 10))
      }
      return world.leads.commit(...given)
    }
    const record = makeRecordActivities({ ...world.ports, leads: { ...world.leads, commit } })
    expect((await record([activityMessage(activityOf(ben, 'q', 'quote.requested', 9))])).size).toBe(0)
    const { facts } = await world.leads.history(a)
    expect(await world.stateOf(anna)).toEqual(foldLead(facts, rules, world.times.now))
    expect((await world.stateOf(anna)).seen['quote.requested']?.count).toBe(1)
  })

  test('nobody else’s program may merge', async () => {
    const { world, a, b } = await met()
    const forged = activityOf({ leadId: a }, 'm', 'lead.merged', 9, { leadId: b })
    const failures = await world.record([busMessage('Activity', forged, undefined, 'shop')])
    expect([...failures.values()].map(String)).toEqual([
      'Error: lead.merged comes from Trichter itself alone',
    ])
  })

  test('a merge must name leads that there are', async () => {
    const { world, a } = await met()
    const nobody = activityOf({ leadId: a }, 'm', 'lead.merged', 9, { leadId: 'lead-9999' })
    const nameless = activityOf(anna, 'n', 'lead.merged', 9, { leadId: a })
    const failures = await world.record([activityMessage(nobody), activityMessage(nameless)])
    expect([...failures.values()].map(String).sort()).toEqual([
      'Error: lead.merged must name two leads by their ids',
      'Error: no lead has this id',
    ])
  })
})
