import type { Client } from '../story/client.ts'
import { inParallel, makeProgress } from './progress.ts'
import { settle } from './settle.ts'
import type { Row } from './table.ts'

const activities = 5_000
const leads = 2_000
const atATime = 16

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now()
  await work()
  return (performance.now() - begin) / 1_000
}

const chunked = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )

/** From the first request until nothing is in flight any more: the figure counts work done, not work accepted. */
export const measureActivities = async (
  client: Client,
  { each, name }: { readonly each: number; readonly name: string },
): Promise<readonly Row[]> => {
  const events = Array.from({ length: activities }, (_, index) => ({
    id: `${name}-${index}`,
    type: 'page.viewed',
    subject: { email: `${name}-${index % leads}@bench.example.net` },
    properties: { path: index % 3 ? '/' : '/pricing' },
  }))
  const progress = makeProgress('activities', activities)
  let takenIn = 0
  const seconds = await secondsOf(async () => {
    takenIn = await secondsOf(() =>
      inParallel(chunked(events, each), atATime, async (chunk) => {
        await client.postEvents(chunk)
        progress(chunk.length)
      }),
    )
    await settle(client)
  })
  const aim = each === 1 ? 'reference 277' : 'reference 487'
  return [
    { what: 'taken in', value: activities / takenIn, unit: 'activities/s' },
    { what: 'taken in and settled', value: activities / seconds, unit: 'activities/s', aim },
  ]
}

/** Leads that may be written to reach a stage; each gets its welcome mail. */
export const measureEmails = async (client: Client): Promise<readonly Row[]> => {
  const subjects = Array.from({ length: leads }, (_, index) => ({ email: `mail-${index}@bench.example.net` }))
  const post = (type: string, properties: object) =>
    inParallel(chunked(subjects, 50), 4, (chunk) =>
      client.postEvents(
        chunk.map((subject) => ({ id: `${type}-${subject.email}`, type, subject, properties })),
      ),
    )
  await post('consent.granted', { purpose: 'newsletter' })
  await settle(client)
  await client.raw('/_local/inbox', { method: 'DELETE' })
  const seconds = await secondsOf(async () => {
    await post('newsletter.subscribed', {})
    await settle(client)
  })
  const sent = (await client.inbox()).length
  if (sent !== leads) throw new Error(`${sent} emails for ${leads} leads`)
  return [
    {
      what: 'from trigger to reported delivery',
      value: sent / seconds,
      unit: 'emails/s',
      aim: 'reference 29',
    },
  ]
}
