import { beforeEach, expect, test } from 'vitest'
import type { Activity, LeadId } from '../../../domain/model/activity.ts'
import type { SendStatus } from '../../../domain/sending/email-figures.ts'
import type { memorySendMarks } from '../../../functions/adapters/memory-sends.ts'
import { reportedMessages } from '../../../functions/record/reported-message.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { activityOfAnna, recordWorld } from './record-world.ts'

let world: ReturnType<typeof recordWorld>
let leadId: LeadId
let figures: ReturnType<typeof memorySendMarks>

/** An email of the sequence that went out on the `day`th of March. */
const sent = async (number: number, day: number, status: SendStatus = 'sent'): Promise<string> => {
  const sendId = `${leadId}:interest:${number}:0`
  const at = `2026-03-${String(day).padStart(2, '0')}T08:00:00.000Z`
  const run = { sequence: 'interest', runId: `${leadId}:interest:${number}`, step: 0, afterWait: false }
  const request = { leadId, sendId, email: 'welcome', recipient: 'lead', run } as const
  const times = { requestedAt: at, claimedAt: at, leaseUntil: at, at }
  const cause = { decisionId: 'd', correlationId: 'c' }
  await world.sends.claim({ ...request, request, cause, marketing: true, status, ...times }, at)
  return sendId
}

const counts = async () => (await figures.ofSequence('interest')).get('welcome')

beforeEach(async () => {
  world = recordWorld()
  const { sendMarks } = world.ports
  figures = sendMarks as typeof figures
  await world.record([activityMessage(activityOfAnna('first', 'page.engaged', 1))])
  leadId = world.lead().leadId
})

test('each is counted once for each send, however often it happens and is told', async () => {
  const sendId = await sent(1, 2)
  for (const type of ['delivered', 'bounced', 'complained', 'unsubscribed'])
    for (const id of ['a', 'b', 'a'])
      await world.record([
        activityMessage(activityOfAnna(`${type}-${id}`, `email.${type}`, 3, { sendId, email: 'welcome' })),
      ])
  expect(await counts()).toMatchObject({
    delivered: 1,
    opened: 0,
    clicked: 0,
    unsubscribed: 1,
    bounced: 1,
    complained: 1,
  })
})

test('what names a send that there is not counts for nothing', async () => {
  await sent(1, 2)
  const sendId = `${leadId}:interest:9:0`
  await world.record([
    activityMessage(activityOfAnna('d', 'email.delivered', 3, { sendId, email: 'welcome' })),
  ])
  expect((await counts())?.delivered).toBe(0)
})

const hit = (id: string, type: 'opened' | 'clicked', at: string, further: object = {}) =>
  activityMessage({
    ...activityOfAnna(id, `email.${type}`, 2, { email: 'welcome', messageId: 'm', ...further }),
    occurredAt: at,
  })

test('an opening and a click count once for the send that they follow', async () => {
  await sent(1, 2)
  world.times.now = '2026-03-02T09:00:30.000Z'
  await world.record([hit('o1', 'opened', '2026-03-02T09:00:00.000Z')])
  await world.record([hit('o2', 'opened', '2026-03-02T09:00:20.000Z')])
  await world.record([hit('c1', 'clicked', '2026-03-02T09:00:10.000Z', { link: 'https://a.example' })])
  expect(await counts()).toMatchObject({ opened: 1, clicked: 1 })
  await sent(2, 9)
  world.times.now = '2026-03-09T10:00:00.000Z'
  await world.record([hit('o3', 'opened', '2026-03-09T09:00:00.000Z')])
  expect(await counts()).toMatchObject({ opened: 2, clicked: 1 })
})

test('a robot’s clicks do not count, and one that proves to be none any more is taken back', async () => {
  await sent(1, 2)
  world.times.now = '2026-03-02T09:30:00.000Z'
  const click = (id: string, link: string) => hit(id, 'clicked', '2026-03-02T09:29:59.500Z', { link })
  await world.record([click('c1', 'https://a.example'), click('c2', 'https://b.example')])
  world.times.now = '2026-03-02T09:31:00.000Z'
  await world.record([activityMessage(activityOfAnna('later', 'page.viewed', 2, { path: '/' }))])
  expect((await counts())?.clicked).toBe(0)
  world.times.now = '2026-03-03T10:00:00.000Z'
  await world.record([hit('c3', 'clicked', '2026-03-03T09:00:00.000Z', { link: 'https://a.example' })])
  expect((await counts())?.clicked).toBe(1)
  await world.record([activityMessage(activityOfAnna('v', 'activity.voided', 3, { activityId: 'c3' }))])
  expect((await counts())?.clicked).toBe(0)
})

test('what SES has reported of one mail is one message and one commit, and marks no send again', async () => {
  const sendId = await sent(1, 2)
  const { version } = world.lead()
  const report = (type: string, at: string): Activity => ({
    id: `m:email.${type}`,
    type: `email.${type}`,
    subject: { leadId },
    occurredAt: at,
    timeAssumed: false,
    properties: { email: 'welcome', sendId, messageId: 'm' },
  })
  const reports = [
    { activity: report('sent', '2026-03-02T08:00:00.000Z'), marked: true as const },
    { activity: report('delivered', '2026-03-02T08:00:01.000Z'), marked: true as const },
  ]
  const [body, ...others] = reportedMessages(reports)
  expect(others).toEqual([])
  const message = { messageId: 'one', body }
  expect(await world.record([message])).toEqual(new Map())
  expect(world.leads.log(leadId).map(({ id }) => id)).toEqual(['first', 'm:email.sent', 'm:email.delivered'])
  expect(world.lead().version).toBe(version + 1)
  expect((await counts())?.delivered).toBe(0)
  // Where nobody has marked it, the recorder does.
  await world.record([
    {
      messageId: 'two',
      body: reportedMessages([{ activity: { ...report('bounced', '2026-03-02T08:00:02.000Z') } }])[0],
    },
  ])
  expect((await counts())?.bounced).toBe(1)
  expect(await world.record([message])).toEqual(new Map())
})

test('a report that is none fails alone', async () => {
  const bad = { type: 'reported', reports: [{ activity: { id: 'x', occurredAt: 'yesterday' } }] }
  const failures = await world.record([{ messageId: 'bad', body: bad }])
  expect([...failures.keys()]).toEqual(['bad'])
})
