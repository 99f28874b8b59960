import { createHmac, timingSafeEqual } from 'node:crypto'
import { appendFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changedPlaybook } from './playbook-folder.ts'
import { tableItems } from './table-items.ts'
import { useStory } from './use-story.ts'

interface Received {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
interface EndpointView {
  readonly id: string
  readonly status: string
  readonly pending: number
  readonly delivered: number
  readonly failed: number
}
interface DeliveryView {
  readonly deliveryId: string
  readonly webhookId: string
  readonly type: string
  readonly attempts: number
  readonly last: { readonly status?: number }
}
interface Payload {
  readonly type: string
  readonly timestamp: string
  readonly data: Readonly<Record<string, unknown>>
}

const received: Received[] = []
/** What the receiver answers, by path. */
const answers = new Map<string, number>()
let receiver: Server
let leadId: string

const to = (path: string): readonly Received[] => received.filter((post) => post.path === path)
const payload = (post: Received | undefined): Payload => JSON.parse(post?.body ?? '{}')

/** As a receiver checks it by the specification, with nothing of ours. */
const isGenuine = ({ headers, body }: Received, secret: string): boolean => {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const expected = createHmac('sha256', key).update(signed).digest()
  return (headers['webhook-signature'] ?? '').split(' ').some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ''), 'base64')
    return one.startsWith('v1,') && given.length === expected.length && timingSafeEqual(given, expected)
  })
}

const endpoints = async (): Promise<readonly EndpointView[]> =>
  (await client.get<{ items: EndpointView[] }>('/api/webhooks')).items
const endpoint = async (id: string): Promise<EndpointView | undefined> =>
  (await endpoints()).find((one) => one.id === id)
const deliveries = async (id: string, state: string): Promise<readonly DeliveryView[]> =>
  (await client.get<{ items: DeliveryView[] }>(`/api/webhooks/${id}/deliveries?state=${state}`)).items
const secretOf = async (id: string): Promise<string> =>
  (await client.get<{ secret: string }>(`/api/webhooks/${id}/secret`)).secret

/** A minute passes; settling by itself would wait for retries in real time. */
const settle = () => client.advance('1m')

const qualify = async (email: string, name: string): Promise<string> => {
  await client.submitForm('demo', { email, firstName: name, company: 'Kernwerke', optIn: 'on' }, '?lang=de')
  await client.postEvents([
    { id: `c-${name}`, type: 'consent.granted', subject: { email }, properties: { purpose: 'newsletter' } },
    { id: `q-${name}`, type: 'quote.requested', subject: { email } },
  ])
  await settle()
  return (await client.leadByEmail(email)).leadId
}

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const path = request.url ?? ''
    received.push({ path, headers, body })
    response.writeHead(answers.get(path) ?? 200).end('ok')
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  answers.set('/down', 500).set('/gone', 410)
})
afterAll(async () => {
  receiver.closeAllConnections()
  await new Promise((done) => receiver.close(done))
})

const notify = (origin: string) => `
notify:
  - { id: crm, webhook: "${origin}/crm", events: [HandoffRequested, HandoffAccepted, HandoffRejected], lead: true }
  - { id: thin, webhook: "${origin}/thin", events: [HandoffRequested] }
  - { id: down, webhook: "${origin}/down", events: [HandoffRequested] }
  - { id: gone, webhook: "${origin}/gone", events: [HandoffRequested] }
  - { id: inside, webhook: "https://169.254.169.254/latest", events: [HandoffRequested] }
  - { id: channel, slack: "${origin}/slack", language: en }
  - { id: others, teams: "${origin}/teams", team: dach, language: de }
`
const client = useStory({
  playbook: () => {
    const origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
    return changedPlaybook((folder) => appendFile(join(folder, 'handoff.yaml'), notify(origin)))
  },
})

test('a handoff is told at once: signed to programs, readable to channels', async () => {
  leadId = await qualify('rosa.kern@werk.example.net', 'Rosalinde')
  const [post, ...more] = to('/crm')
  if (!post) throw new Error('nothing came')
  expect(more).toEqual([])
  expect(isGenuine(post, await secretOf('crm'))).toBe(true)
  expect(isGenuine(post, await secretOf('thin'))).toBe(false)
  expect(isGenuine({ ...post, body: post.body.replace('Rosalinde', 'Rosa') }, await secretOf('crm'))).toBe(
    false,
  )
  const { type, timestamp, data } = payload(post)
  expect(type).toBe('HandoffRequested')
  const now = Date.parse(await client.now())
  expect(Math.abs(now - Number(post.headers['webhook-timestamp']) * 1_000)).toBeLessThan(120_000)
  expect(Math.abs(now - Date.parse(timestamp))).toBeLessThan(120_000)
  expect(data).toMatchObject({
    leadId,
    team: 'dach',
    lead: { email: 'rosa.kern@werk.example.net', firstName: 'Rosalinde', company: 'Kernwerke' },
  })
  const [event] = await client.events('HandoffRequested')
  expect(event?.detail.metadata.id.replace('.', '~002e')).toBe(post.headers['webhook-id'])
})

test('who it is about goes only where that was asked for, and no link lets anybody answer for the owner', () => {
  for (const path of ['/thin', '/slack', '/teams']) {
    expect(to(path)).toHaveLength(1)
    expect(to(path)[0]?.body).not.toMatch(/rosa|Kernwerke|sales\.example\.com/i)
  }
  for (const { body } of received) expect(body).not.toContain('/h/')
  const slack = JSON.parse(to('/slack')[0]?.body ?? '')
  expect(slack.text).toMatch(
    /^New lead for sales · Case: [0-9a-f-]{36}\.1 · Team: dach · Score: \d+ · Stage: Intent · Answer by: /,
  )
  expect(slack.blocks.map(({ type }: { type: string }) => type)).toEqual(['header', 'section', 'actions'])
  expect(to('/slack')[0]?.headers).not.toHaveProperty('webhook-signature')
  const teams = JSON.parse(to('/teams')[0]?.body ?? '')
  expect(teams.attachments[0].contentType).toBe('application/vnd.microsoft.card.adaptive')
  expect(JSON.stringify(teams)).toContain('Neuer Lead für den Vertrieb')
})

test('an answer is told as well, to those who want to hear of it', async () => {
  const [handoff] = await client.handoffs('?state=requested')
  expect((await client.post(`/api/handoffs/${handoff?.handoffId}/accept`, {})).status).toBe(200)
  await settle()
  expect(to('/crm').map((post) => payload(post).type)).toEqual(['HandoffRequested', 'HandoffAccepted'])
  expect(to('/thin')).toHaveLength(1)
})

test('an endpoint that is gone is told nothing more, one inside is never called, and both are visible', async () => {
  expect(to('/gone')).toHaveLength(1)
  expect(await endpoint('gone')).toMatchObject({ status: 'disabled', failed: 1, pending: 0 })
  const [refused] = await deliveries('inside', 'pending')
  expect(refused?.last).toMatchObject({ reason: 'refused: the name leads to an address that is not public' })
})

test('what fails is tried ten times over three days under one id, then waits to be replayed', async () => {
  await client.advance('90h')
  const posts = to('/down')
  expect(posts).toHaveLength(10)
  expect(new Set(posts.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(new Set(posts.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10)
  const hours =
    (Number(posts.at(-1)?.headers['webhook-timestamp']) - Number(posts[0]?.headers['webhook-timestamp'])) /
    3_600
  expect(hours).toBeGreaterThan(75)
  expect(hours).toBeLessThan(75.6 * 1.1)
  const secret = await secretOf('down')
  expect(posts.every((post) => isGenuine(post, secret))).toBe(true)
  expect(await endpoint('down')).toMatchObject({ failed: 1, pending: 0, delivered: 0 })
  const [failed] = await deliveries('down', 'failed')
  expect(failed).toMatchObject({ attempts: 10, givenUp: 'attempts', last: { status: 500 } })

  answers.set('/down', 200)
  const rotated: { secret: string } = JSON.parse(
    await (await client.post('/api/webhooks/down/rotate', {}, 'admin')).text(),
  )
  const since = new Date(Date.parse(await client.now()) - 100 * 3_600_000).toISOString()
  expect((await client.post('/api/webhooks/down/replay', { since }, 'admin')).status).toBe(202)
  await settle()
  const last = to('/down').at(-1)
  if (!last) throw new Error('nothing came')
  expect(to('/down')).toHaveLength(11)
  expect(last.headers['webhook-id']).toBe(posts[0]?.headers['webhook-id'])
  // For a day after a rotation both secrets fit.
  expect(isGenuine(last, secret) && isGenuine(last, rotated.secret)).toBe(true)
  expect(await endpoint('down')).toMatchObject({ failed: 0, delivered: 1 })

  const [again] = await deliveries('down', 'delivered')
  const path = `/api/webhooks/down/deliveries/${again?.deliveryId}/replay`
  expect((await client.post(path, {}, 'admin')).status).toBe(202)
  await settle()
  expect(to('/down')).toHaveLength(12)
  expect(await client.deadLetters()).toEqual([])
})

test('erasing the person takes the deliveries along and tells those who were given the data', async () => {
  answers.set('/crm', 503)
  const other = await qualify('nora.berg@werk.example.net', 'Noralinde')
  expect(await deliveries('crm', 'pending')).toHaveLength(1)
  answers.set('/crm', 200)
  for (const one of [leadId, other]) {
    const erased = await client.raw(`/api/leads/${one}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer local-admin' },
    })
    expect(erased.status).toBe(202)
  }
  await settle()
  const before = received.length
  await client.advance('90h')
  const told = to('/crm')
    .map((post) => payload(post))
    .filter(({ type }) => type === 'LeadErased')
  expect(told.map(({ data }) => data.leadId).toSorted()).toEqual([leadId, other].toSorted())
  expect(
    received
      .slice(before)
      .map(({ body }) => body)
      .join(),
  ).not.toMatch(/Noralinde|nora\.berg/)

  const left = (await tableItems(client))
    .filter((item) => /"HOOK#|rosa\.kern|nora\.berg|Kernwerke/i.test(item))
    .map((item): { readonly pk: string; readonly sk: string } => JSON.parse(item))
    .map(({ pk, sk }) => `${pk} ${sk}`)
  expect(left.toSorted()).toEqual(
    [leadId, other].map((one) => `WEBHOOK#crm HOOK#crm#${one}:erased`).toSorted(),
  )
  expect(await client.deadLetters()).toEqual([])
}, 30_000)
