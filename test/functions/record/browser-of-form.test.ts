import { expect, test } from 'vitest'
import type { JsonObject } from '../../../domain/model/json.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { activityOfAnna, recordWorld } from './record-world.ts'

const browsed = { ...activityOfAnna('v', 'content.viewed', 2), subject: { visitorId: 'laptop' } }
const form = (more: JsonObject = {}) =>
  activityOfAnna('f', 'form.submitted', 3, { form: 'newsletter', fields: {}, visitorId: 'laptop', ...more })
const confirming = (more: JsonObject = {}) => ({
  ...activityOfAnna('f:confirmed', 'consent.granted', 4, {
    form: 'newsletter',
    purpose: 'newsletter',
    submission: 'f',
    visitorId: 'laptop',
    ...more,
  }),
})

const worldWith = async (...activities: readonly object[]) => {
  const world = recordWorld()
  for (const activity of activities) await world.record([activityMessage(activity)])
  const anna = async () => {
    const found = await world.leads.identify({ email: 'anna@example.com' })
    return (found && (await world.leads.load(found.leadId))) ?? undefined
  }
  return { ...world, anna }
}

const isJoined = async (world: Awaited<ReturnType<typeof worldWith>>): Promise<boolean> =>
  (await world.anna())?.state?.seen['content.viewed'] !== undefined

test.each([
  ['newsletter', [browsed, form()]],
  ['demo', [browsed, form({ form: 'demo' })]],
  ['plain', [browsed, form({ form: 'plain' })]],
  ['newsletter, of a browser that is seen later', [form(), browsed]],
  ['newsletter, of somebody who is known', [activityOfAnna('k', 'page.viewed', 1), browsed, form()]],
])('a form alone joins no browser: %s', async (_, activities) => {
  expect(await isJoined(await worldWith(...activities))).toBe(false)
})

test('its confirmation joins the browser that it was filled in with, before and after', async () => {
  const world = await worldWith(browsed, form())
  const lead = await world.anna()
  if (!lead) throw new Error('no lead')
  await world.record([
    activityMessage({ ...confirming({ confirmed: true }), subject: { leadId: lead.leadId } }),
  ])
  expect(await isJoined(world)).toBe(true)
  await world.record([activityMessage({ ...browsed, id: 'w', type: 'content.downloaded' })])
  expect((await world.anna())?.state?.seen['content.downloaded']).toBeDefined()
})

test('consent that was not confirmed joins none, and a confirmation of nobody neither', async () => {
  const world = await worldWith(browsed, form())
  const lead = await world.anna()
  if (!lead) throw new Error('no lead')
  await world.record([activityMessage({ ...confirming(), subject: { leadId: lead.leadId } })])
  expect(await isJoined(world)).toBe(false)
  const failed = await world.record([
    activityMessage({ ...confirming({ confirmed: true }), subject: { leadId: 'lead-9999' } }),
  ])
  expect(failed.size).toBe(1)
})

test.each(['link', 'api'])('a form by way of %s joins at once', async (via) => {
  expect(await isJoined(await worldWith(browsed, form({ via })))).toBe(true)
})

test('a program may say whose browser it is', async () => {
  const told = activityOfAnna('w', 'webinar.attended', 3, { visitorId: 'laptop' })
  expect(await isJoined(await worldWith(browsed, told))).toBe(true)
})
