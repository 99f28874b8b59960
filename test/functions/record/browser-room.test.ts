import { expect, test } from 'vitest'
import type { JsonObject } from '../../../domain/model/json.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { activityOfAnna, recordWorld } from './record-world.ts'

const view = (id: string, visitorId: string, properties: JsonObject = { path: '/' }) => ({
  id,
  type: 'page.viewed',
  subject: { visitorId },
  occurredAt: '2026-03-02T09:00:00.000Z',
  properties,
})
const flood = (visitorId: string, from: number, count: number) =>
  Array.from({ length: count }, (_, index) =>
    activityMessage(view(`${visitorId}-${from + index}`, visitorId)),
  )
const viewsOf = ({ leads }: ReturnType<typeof recordWorld>) =>
  [...leads.items.values()].map(({ state }) => state?.seen['page.viewed']?.count ?? 0)

test('of a browser without an address two hundred facts are kept, however they come', async () => {
  const world = recordWorld()
  await world.record(flood('b-1', 0, 150))
  for (let from = 150; from < 260; from += 10) await world.record(flood('b-1', from, 10))
  await world.record(flood('b-1', 0, 150))
  expect(viewsOf(world)).toEqual([200])
})

test('another browser is not held up by it', async () => {
  const world = recordWorld()
  await world.record([...flood('b-1', 0, 250), ...flood('b-2', 0, 3)])
  expect(viewsOf(world).toSorted((a, b) => b - a)).toEqual([200, 3])
})

test('what joins an address is no more than that; what its programs report has no bound', async () => {
  const world = recordWorld()
  await world.record(flood('b-1', 0, 250))
  const form = { form: 'demo', fields: { email: 'anna@example.com' }, language: 'en', visitorId: 'b-1' }
  await world.record([activityMessage(activityOfAnna('f', 'form.submitted', 3, form))])
  const views = Array.from({ length: 30 }, (_, day) =>
    activityMessage(activityOfAnna(`own-${day}`, 'page.viewed', 3, { path: '/' })),
  )
  await world.record(views)
  const anna = [...world.leads.items.values()].find(({ email }) => email !== undefined)
  expect(anna?.state?.seen['page.viewed']?.count).toBeLessThanOrEqual(230)
  expect(anna?.state?.seen['page.viewed']?.count).toBeGreaterThanOrEqual(30)
})
