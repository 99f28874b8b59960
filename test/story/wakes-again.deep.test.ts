import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Client, linkIn } from './client.ts'
import { useStory } from './use-story.ts'

const unconfirmed = 'unsure@order.example.net'
const reader = 'reader@order.example.net'
const buyer = 'buyer@order.example.net'

/** More leads qualify without a confirmed address than go to sales in an hour. */
const crowd = async (client: Client): Promise<void> => {
  const emails = Array.from({ length: 12 }, (_, index) => `crowd-${index}@order.example.net`)
  for (const email of emails) await client.submitForm('quote', { email })
  await client.postEvents(
    emails.map((email) => ({ id: `${email}-demo`, type: 'demo.requested', subject: { email } })),
  )
  await client.settle()
  expect(await open(client)).toBe(11)
}

/** Handoffs that nobody has answered: one is the buyer's. */
const open = async (client: Client): Promise<number> => (await client.handoffs('?state=requested')).length

/** Somebody who has not confirmed, somebody in a sequence, and somebody whom sales should answer: all of them wait. */
const begin = async (client: Client): Promise<void> => {
  await client.submitForm('newsletter', { email: unconfirmed })
  await client.submitForm('newsletter', { email: reader })
  await client.settle()
  const [asked] = await client.inbox(reader)
  if (!asked) throw new Error('no confirmation was sent')
  await client.raw(new URL(linkIn(asked, '/confirm/')).pathname, { method: 'POST' })
  await client.postEvents([
    ...['consent.granted', 'newsletter.subscribed', 'demo.requested', 'quote.requested', 'cart.updated'].map(
      (type) => ({
        id: `buyer-${type}`,
        type,
        subject: { email: buyer },
        properties: type === 'consent.granted' ? { purpose: 'newsletter' } : {},
      }),
    ),
  ])
  await client.settle()
  expect((await client.handoffs('?state=requested')).length).toBeGreaterThan(0)
}

const schedulesOf = async (client: Client) => {
  const { urls } = (await (await client.raw('/_local')).json()) as { urls: { aws: string } }
  const scheduler = new SchedulerClient({
    endpoint: urls.aws,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  /** The waits alone: what the stack itself does every day comes with the stack. */
  const list = async () => {
    const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({ MaxResults: 100 }))
    return Schedules.filter(({ GroupName }) => GroupName !== 'default')
  }
  return {
    names: async () => (await list()).map(({ Name = '' }) => Name).toSorted(),
    /** All but a lead's wakes, of which a later activity makes some needless. */
    needed: async () => {
      const all = await Promise.all(
        (await list()).map(({ Name, GroupName }) =>
          scheduler.send(new GetScheduleCommand({ Name, GroupName })),
        ),
      )
      return all
        .filter(({ Target }) => JSON.parse(Target?.Input ?? '{}').type !== 'wake')
        .map(({ Name }) => Name)
    },
    deleteAll: async () => {
      for (const { Name, GroupName } of await list())
        await scheduler.send(new DeleteScheduleCommand({ Name, GroupName }))
    },
  }
}

const rebuild = (client: Client) =>
  promisify(execFile)(process.execPath, ['bin/wakes.ts', 'rebuild', '--url', client.url])

/** Who got what, how often. */
const mailsOf = async (client: Client) =>
  (await client.inbox()).map(({ to, subject }) => `${to.join()}: ${subject}`).toSorted()

describe('schedules that were lost, with the stack or by a restore of the table', () => {
  const undisturbed = useStory()
  const restored = useStory()
  beforeAll(async () => {
    await begin(undisturbed)
    await begin(restored)
  })

  test('are set again from the table, as they were; twice is once', async () => {
    const schedules = await schedulesOf(restored)
    const [before, needed] = [await schedules.names(), await schedules.needed()]
    expect(needed.length).toBeGreaterThan(2)
    await schedules.deleteAll()
    expect(await schedules.names()).toEqual([])
    await rebuild(restored)
    const after = await schedules.names()
    expect(after.length).toBeGreaterThan(4)
    expect(after).toEqual(expect.arrayContaining(needed))
    // No wake but those of before; that none is missing shows below.
    expect(before).toEqual(expect.arrayContaining(after))
    expect((await rebuild(restored)).stdout).toContain('moments are set')
    expect(await schedules.names()).toEqual(after)
  })

  test('for those who qualified without a confirmed address too', async () => {
    await crowd(undisturbed)
    await crowd(restored)
    await (await schedulesOf(restored)).deleteAll()
    await rebuild(restored)
    for (const client of [undisturbed, restored]) {
      await client.advance('1h')
      expect(await open(client)).toBe(13)
    }
  })

  test('and all that was waited for happens, once', async () => {
    await undisturbed.advance('12d')
    await restored.advance('12d')
    const mails = await mailsOf(undisturbed)
    expect(mails.filter((mail) => mail.startsWith(unconfirmed)).length).toBeGreaterThan(1)
    expect(await mailsOf(restored)).toEqual(mails)
  })
})
