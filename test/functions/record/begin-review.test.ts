import { expect, test } from 'vitest'
import { activityMessage } from '../fakes/bus-message.ts'
import { activityOfAnna, recordWorld } from './record-world.ts'

test('a lead gets a day on which it is looked at, once, with what is first recorded of it', async () => {
  const { record, lead, reviews } = recordWorld()
  expect(await record([activityMessage(activityOfAnna('a', 'page.viewed', 1))])).toEqual(new Map())
  expect([...reviews.days]).toEqual([[lead().leadId, '2026-06-30']])
  await reviews.move(lead().leadId, '2026-08-01')
  await record([activityMessage(activityOfAnna('b', 'page.viewed', 2))])
  expect([...reviews.days.values()]).toEqual(['2026-08-01'])
})

test('one of an earlier release, which has none, gets it with its next commit', async () => {
  const { record, lead, reviews, leads } = recordWorld()
  await record([activityMessage(activityOfAnna('a', 'page.viewed', 1))])
  const { underReview: _mark, state, ...before } = lead()
  if (!state) throw new Error('no state')
  await leads.commit({ ...before, state }, 0)
  await reviews.end(before.leadId)
  await record([activityMessage(activityOfAnna('b', 'page.viewed', 2))])
  expect([...reviews.days.keys()]).toEqual([before.leadId])
  expect(lead().underReview).toBe(true)
})

test('the day is set before the commit: a crash between them leaves no lead without one', async () => {
  const { ports, record, reviews, leads } = recordWorld()
  const commit = ports.leads.commit
  Object.assign(ports.leads, { commit: () => Promise.reject(new Error('crashed')) })
  await record([activityMessage(activityOfAnna('a', 'page.viewed', 1))])
  expect([reviews.days.size, leads.items.size]).toEqual([1, 0])
  Object.assign(ports.leads, { commit })
  await record([activityMessage(activityOfAnna('a', 'page.viewed', 1))])
  expect([...reviews.days.keys()]).toEqual([...leads.items.keys()])
})
