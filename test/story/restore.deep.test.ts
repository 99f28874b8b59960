import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, linkIn, makeClient } from './client.ts'
import { putTableItems, tableItems } from './table-items.ts'
import { startTrichter, type Trichter } from './trichter.ts'

const at = (name: string): string => `${name}@post.example.net`
const crowd = Array.from({ length: 7 }, (_, index) => at(`crowd-${index}`))

const activity = (email: string, type: string, properties: object = {}) => ({
  id: `${email}-${type}`,
  type,
  subject: { email },
  properties,
})
const mayBeMailed = (email: string) => activity(email, 'consent.granted', { purpose: 'newsletter' })

const api = async <Body>(
  client: Client,
  path: string,
  body?: object,
  method = body ? 'POST' : 'GET',
): Promise<Body> => {
  const response = await client.raw(path, {
    method,
    headers: { authorization: 'Bearer local-admin', 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  expect([path, response.ok]).toEqual([path, true])
  return (await response.json()) as Body
}

const broadcast = async (client: Client, plan: object): Promise<string> => {
  const whole = { where: 'lead.company == "Crowd"', email: 'welcome', ...plan }
  const { broadcastId } = await api<{ broadcastId: string }>(client, '/api/broadcasts', whole)
  await api(client, `/api/broadcasts/${broadcastId}/schedule`, {})
  return broadcastId
}

/** Everything that waits: a confirmation, a step, a deadline, an email held back, a broadcast under way and one to come. */
const begin = async (client: Client): Promise<readonly string[]> => {
  await client.submitForm('newsletter', { email: at('unsure') })
  await client.postEvents([
    ...[mayBeMailed(at('reader')), activity(at('reader'), 'newsletter.subscribed')],
    mayBeMailed(at('buyer')),
    ...['demo.requested', 'quote.requested', 'cart.updated'].map((type) => activity(at('buyer'), type)),
    ...crowd.flatMap((email) => [
      activity(email, 'profile.updated', { fields: { company: 'Crowd' } }),
      mayBeMailed(email),
    ]),
  ])
  await client.settle()
  const soon = new Date(Date.parse(await client.now()) + 3 * 86_400_000).toISOString()
  const ids = [
    await broadcast(client, { name: 'Under way', perHour: 2 }),
    await broadcast(client, { name: 'To come', email: 'savings-guide', at: soon }),
  ]
  await client.advance('70m')
  expect(await client.handoffs('?state=requested')).toHaveLength(1)
  return ids
}

/** What SES and Secrets Manager keep is not in the table; the clock goes on. */
const otherStores = ['secrets.json', 'suppression.json', 'clock.json']

/** Who got what, how often. */
const mailsOf = async (client: Client) =>
  (await client.inbox())
    .map(({ to, subject }) => `${to.join()}: ${subject}`)
    .filter((mail) => !mail.startsWith(late))
    .toSorted()

/** Came after the moment that was restored: the table of then has never heard of them, and schedules know them. */
const late = at('late')

const comeLate = async (client: Client): Promise<string> => {
  await client.postEvents([mayBeMailed(late), activity(late, 'newsletter.subscribed')])
  await client.settle()
  return (await client.leadByEmail(late)).leadId
}

const restoreFigures = async (client: Client): Promise<void> => {
  const { queues, urls } = (await (await client.raw('/_local')).json()) as {
    queues: { name: string; url: string }[]
    urls: { aws: string }
  }
  const sqs = new SQSClient({
    endpoint: urls.aws,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const QueueUrl = queues.find(({ name }) => name.includes('FiguresWorkQueue'))?.url
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"type":"begin","anew":true}' }))
  sqs.destroy()
  await client.settle()
}

describe('a table restored beside another, as docs/operations/restore.md has it', () => {
  let folder: string
  let lost: Trichter
  let restored: Trichter | undefined
  let before: readonly string[]
  let broadcasts: readonly string[]
  const undisturbed = makeClient(() => lost.url)
  const client = makeClient(() => restored?.url ?? '')
  const at = (name: string) => join(folder, name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trichter-restore-'))
    lost = await startTrichter(['--data', at('lost')])
    broadcasts = await begin(undisturbed)
    before = await mailsOf(undisturbed)
    const items = await tableItems(undisturbed)
    const leadId = await comeLate(undisturbed)
    await mkdir(at('restored'))
    for (const name of otherStores)
      await copyFile(at(`lost/${name}`), at(`restored/${name}`)).catch(() => undefined)
    // Scheduler is not restored: it goes on with what was set after that moment. What was set before is set anew.
    const schedules = (await readFile(at('lost/schedules.jsonl'), 'utf8')).split('\n')
    const afterwards = schedules.filter((line) => line.includes(leadId))
    expect(afterwards.length).toBeGreaterThan(0)
    await writeFile(at('restored/schedules.jsonl'), `${afterwards.join('\n')}\n`)
    restored = await startTrichter(['--data', at('restored')])
    // Rows are counted anew: pointers to objects of then would name what has been replaced since.
    await putTableItems(
      client,
      items.filter((item) => JSON.parse(item).pk !== 'ROWS'),
    )
  })
  afterAll(async () => {
    const codes = [await lost.stop(), await restored?.stop()]
    await rm(folder, { recursive: true })
    expect(codes).toEqual([0, 0])
  })

  it('the links that are out are still good', async () => {
    const [mail] = await undisturbed.inbox('reader@post.example.net')
    if (!mail) throw new Error('no mail')
    const path = new URL(linkIn(mail, '/u/')).pathname
    expect((await client.raw(path)).status).toBe(200)
    expect(await readFile(at('restored/secrets.json'), 'utf8')).toBe(
      await readFile(at('lost/secrets.json'), 'utf8'),
    )
  })

  it('whatever waits is set again by one command, and has happened once after twelve days', {
    timeout: 240_000,
  }, async () => {
    expect(before.length).toBeGreaterThan(4)
    const { stdout } = await promisify(execFile)(process.execPath, [
      'bin/wakes.ts',
      'rebuild',
      '--url',
      client.url,
    ])
    expect(stdout).toContain('moments are set')
    await undisturbed.advance('12d')
    await client.advance('12d')
    const after = await mailsOf(client)
    // Waits, reminders, deadlines, the rest of one broadcast and all of the other.
    for (const email of ['unsure', 'reader', 'crowd-0', 'crowd-6'])
      expect([email, after.some((mail) => mail.startsWith(`${email}@`))]).toEqual([email, true])
    expect(after.some((mail) => mail.includes('@sales.'))).toBe(true)
    expect([...before, ...after].toSorted()).toEqual(await mailsOf(undisturbed))
    expect(await client.inbox(late)).toEqual([])
    expect((await undisturbed.inbox(late)).length).toBeGreaterThan(1)
    expect(await client.deadLetters()).toEqual([])
  })

  it('everybody and everything stands where it would have stood', async () => {
    const summary = async (from: Client) => {
      const { items } = await api<{ items: Record<string, unknown>[] }>(from, '/api/leads?limit=100')
      const leads = items
        .filter(({ email }) => email !== late)
        .map(({ leadId, email, stage, consent }) => [leadId, email, stage, consent])
      const reports = await Promise.all(
        broadcasts.map((id) => api<{ state: string; audience: object }>(from, `/api/broadcasts/${id}`)),
      )
      const handoffs = (await from.handoffs('')).map(({ handoffId, state, owner }) => [
        handoffId,
        state,
        owner.email,
      ])
      return {
        leads: leads.toSorted(),
        reports: reports.map(({ state, audience }) => [state, audience]),
        handoffs,
      }
    }
    const expected = await summary(undisturbed)
    expect(expected.reports.map(([state]) => state)).toEqual(['sent', 'sent'])
    expect(expected.leads.length).toBeGreaterThan(9)
    expect(await summary(client)).toEqual(expected)
  })

  it('whoever came after that moment is a new lead when they are heard of again', async () => {
    await comeLate(client)
    expect(await client.inbox(late)).toHaveLength(1)
    await api(client, `/api/leads/${(await client.leadByEmail(late)).leadId}`, undefined, 'DELETE')
    await api(undisturbed, `/api/leads/${(await undisturbed.leadByEmail(late)).leadId}`, undefined, 'DELETE')
    for (const one of [client, undisturbed]) await one.settle()
  })

  it('the figures are those of before, counted anew from the table', async () => {
    await restoreFigures(client)
    const figures = async (from: Client) => {
      const day = (await from.now()).slice(0, 10)
      const back = new Date(Date.parse(day) - 30 * 86_400_000).toISOString().slice(0, 10)
      const ahead = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
      const { funnel, sequences } = await api<{ funnel: unknown; sequences: unknown }>(
        from,
        `/api/kpi?from=${back}&to=${ahead}`,
      )
      // Both clocks go on by the machine's, some milliseconds apart.
      return JSON.parse(JSON.stringify({ funnel, sequences }), (_, value) =>
        typeof value === 'number' ? Number(value.toFixed(3)) : value,
      )
    }
    const expected = await figures(undisturbed)
    expect(JSON.stringify(expected.funnel)).toContain('"entered":10')
    expect(await figures(client)).toEqual(expected)
  })
})
