import { createHmac } from 'node:crypto'
import {
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { describe, expect, it } from 'vitest'
import { hubspotEvent, pipedriveBody, salesforceBody } from '../domain/hook/vendor-bodies.ts'
import { scoringClient } from './scoring-client.ts'
import { useStory } from './use-story.ts'

interface DealView {
  readonly dealId: string
  readonly externalId: string | null
  readonly status: string
  readonly phase: string
  readonly phases: readonly { readonly phase: string }[]
  readonly value: string | null
  readonly currency: string | null
  readonly reason: string | null
}

interface Answer {
  readonly status: number
  readonly body: { readonly detail?: string; readonly [key: string]: unknown }
}

interface HookView {
  readonly source: string
  readonly hasSecret: boolean
  readonly accepted: number
  readonly unmatched: number
  readonly released: number
  readonly refusedBecause: Readonly<Record<string, number>>
}

const clientSecret = 'the-client-secret-of-the-app'
const hour = 3_600_000
const minute = 60_000

/** CRMs report how deals go on; each story stands for itself. */
describe('CRMs report back', () => {
  const client = useStory()
  const story = scoringClient(client)

  /** As the AWS engineer would: any AWS SDK or CLI. */
  const setSecrets = async (secrets: Readonly<Record<string, string | readonly string[]>>): Promise<void> => {
    const { urls }: { urls: { aws: string } } = JSON.parse(await (await client.raw('/_local')).text())
    const manager = new SecretsManagerClient({
      endpoint: urls.aws,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    })
    const { SecretList = [] } = await manager.send(new ListSecretsCommand({}))
    const found = SecretList.find(({ Name }) => Name?.includes('HookSecrets'))
    await manager.send(
      new PutSecretValueCommand({ SecretId: found?.ARN, SecretString: JSON.stringify(secrets) }),
    )
    manager.destroy()
  }
  const deliver = async (
    source: string,
    text: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const response = await client.raw(`/hooks/${source}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: text,
    })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  const fromHubSpot = async (events: readonly unknown[], secret = clientSecret, age = 0): Promise<Answer> => {
    const text = JSON.stringify(events)
    const timestamp = String(Date.parse(await client.now()) - age)
    const signed = `POST${client.url}/hooks/hubspot${text}${timestamp}`
    return deliver('hubspot', text, {
      'x-hubspot-request-timestamp': timestamp,
      'x-hubspot-signature-v3': createHmac('sha256', secret).update(signed).digest('base64'),
    })
  }
  const fromPipedrive = (body: unknown) =>
    deliver('pipedrive', JSON.stringify(body), {
      authorization: `Basic ${Buffer.from('trichter:a-long-password').toString('base64')}`,
    })
  const fromSalesforce = (body: unknown) =>
    deliver('salesforce', JSON.stringify(body), { 'x-trichter-token': 'a-long-token' })

  /** A lead that sales has accepted, an hour ago. @returns its id; that of its handoff is the deal's. */
  const handedOver = async (email: string): Promise<string> => {
    await story.record(
      { email },
      ['consent.granted', { purpose: 'newsletter' }],
      ['demo.requested'],
      ['quote.requested'],
    )
    const leadId = await story.idOf(email)
    const [handoff] = (await client.leadByEmail(email)).handoffs
    expect((await client.post(`/api/handoffs/${handoff?.handoffId}/accept`, undefined)).status).toBe(200)
    await client.advance('1h')
    return leadId
  }
  const deals = async (leadId: string) =>
    (await client.get<{ deals: readonly DealView[] }>(`/api/leads/${leadId}`)).deals
  const hookOf = async (source: string): Promise<HookView | undefined> =>
    (await client.get<{ items: readonly HookView[] }>('/api/hooks', 'marketing')).items.find(
      (one) => one.source === source,
    )

  it('are turned away before there is a secret, and believed when there is', async () => {
    const answer = await fromHubSpot([])
    expect(answer).toMatchObject({ status: 401, body: { detail: 'The signature is not right.' } })
    expect(await hookOf('hubspot')).toMatchObject({ hasSecret: false })
    await setSecrets({
      hubspot: [clientSecret, 'the-former-client-secret'],
      pipedrive: 'trichter:a-long-password',
      salesforce: 'a-long-token',
    })
    await client.advance('1m')
    expect(await fromHubSpot([])).toMatchObject({ status: 202 })
    expect(await fromHubSpot([], 'the-former-client-secret')).toMatchObject({ status: 202 })
    expect(await hookOf('hubspot')).toMatchObject({ hasSecret: true })
  })

  it('are turned away with a wrong signature, an old one, none, or an unknown name', async () => {
    expect(await fromHubSpot([], 'another-client-secret')).toMatchObject({
      status: 401,
      body: { detail: 'The signature is not right.' },
    })
    expect(await fromHubSpot([], clientSecret, 6 * minute)).toMatchObject({
      status: 401,
      body: { detail: 'The timestamp is more than five minutes off.' },
    })
    expect(await deliver('hubspot', '[]')).toMatchObject({ status: 401 })
    expect(await deliver('hubspt', '[]')).toMatchObject({ status: 404 })
    expect((await client.raw('/hooks/hubspot')).status).toBe(405)
    expect(await hookOf('hubspot')).toMatchObject({
      refusedBecause: { 'no secret set': 1, 'no signature': 1, 'stale timestamp': 1, 'wrong signature': 1 },
    })
  })

  it('HubSpot five times, in the wrong order, before it says whose deal it is: one deal, as if told once', async () => {
    const leadId = await handedOver('hugo@werk.example.net')
    const start = Date.parse(await client.now()) - hour / 2
    const told = (property: string, value: string, after: number) =>
      hubspotEvent(property, value, start + after * minute)
    const events = [
      told('dealstage', 'appointmentscheduled', 0),
      told('amount', '9000', 1),
      told('dealstage', 'presentationscheduled', 5),
      told('amount', '12500.50', 6),
      told('dealstage', 'contractsent', 8),
      told('dealstage', 'closedwon', 9),
    ]
    const answers: Answer[] = []
    for (const attemptNumber of [0, 1, 2, 3, 4]) {
      const again = events.map((event) => ({ ...event, attemptNumber }))
      const rotated = [...again.slice(attemptNumber), ...again.slice(0, attemptNumber)].reverse()
      answers.push(await fromHubSpot(rotated.slice(0, 2)), await fromHubSpot(rotated.slice(2)))
    }
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(202))
    expect(answers[0]?.body).toEqual({ accepted: 0, ignored: 0, unmatched: 2, rejected: [], warnings: [] })
    await client.settle()
    expect(await deals(leadId)).toMatchObject([{ externalId: null, phase: 'lead_qualification' }])

    expect((await fromHubSpot([told('trichter_lead_id', leadId, 2)])).body).toMatchObject({ accepted: 1 })
    expect((await fromHubSpot(events.toReversed())).body).toMatchObject({ accepted: 6, unmatched: 0 })
    await client.settle()
    const [deal, ...others] = await deals(leadId)
    expect(others).toEqual([])
    expect(deal).toMatchObject({
      externalId: '13980341987',
      status: 'won',
      value: '12500.50',
      currency: 'EUR',
    })
    expect(deal?.phases.map(({ phase }) => phase)).toEqual([
      'lead_qualification',
      'proposal',
      'negotiation',
      'closing',
    ])
    expect(await story.told('DealWon', leadId)).toHaveLength(1)
    expect(await hookOf('hubspot')).toMatchObject({ accepted: 7, unmatched: 30, released: 6 })
  })

  it('Pipedrive: a deal that is lost, with its reason', async () => {
    const leadId = await handedOver('pia@werk.example.net')
    const at = (after: number, now: string) =>
      new Date(Date.parse(now) - hour / 2 + after * minute).toISOString()
    const now = await client.now()
    const field = { '0123456789abcdef0123456789abcdef01234567': { type: 'varchar', value: leadId } }
    const lost = pipedriveBody({ status: 'lost', lost_reason: 'Budget' }, at(9, now))
    expect((await fromPipedrive(lost)).body).toMatchObject({ unmatched: 1 })
    const moved = pipedriveBody({ stage_id: 4 }, at(3, now), {}, field)
    for (const body of [moved, lost, moved, lost]) expect((await fromPipedrive(body)).status).toBe(202)
    await client.settle()
    expect(await deals(leadId)).toMatchObject([
      { externalId: '42', status: 'lost', phase: 'closing', reason: 'Budget', value: '12500.50' },
    ])
  })

  it('Pipedrive: a won deal that is edited is won once, and worth what it says last', async () => {
    const leadId = await handedOver('petra@werk.example.net')
    const renewsAt = '2027-12-31'
    await story.record({ leadId }, ['profile.updated', { fields: { renewsAt } }])
    const start = Date.parse(await client.now()) - hour / 2
    const field = { '0123456789abcdef0123456789abcdef01234567': { type: 'varchar', value: leadId } }
    const edit = (after: number, data: object, previous: object) => ({
      ...pipedriveBody(
        { id: 77, status: 'won', ...data },
        new Date(start + after * minute).toISOString(),
        {},
        field,
      ),
      previous,
    })
    const edits = [
      edit(1, {}, { status: 'open' }),
      edit(3, { value: 20000 }, { value: 12500.5 }),
      edit(5, { value: 20000, title: 'other' }, { title: 'Leak audit' }),
    ]
    for (const body of edits) {
      expect((await fromPipedrive(body)).body).toMatchObject({ accepted: 1, warnings: [] })
      await client.settle()
    }
    expect(await deals(leadId)).toMatchObject([{ externalId: '77', status: 'won', value: '20000.00' }])
    expect(await story.told('DealWon', leadId)).toHaveLength(1)
    const begun = (await story.told('SequenceEntered', leadId)).filter((data) => data.sequence === 'renewal')
    expect(begun).toHaveLength(1)
  })

  it('Salesforce: a person who is known by the address alone, whose deal goes back, and is won', async () => {
    const email = 'sara@werk.example.net'
    const start = Date.parse(await client.now()) - hour / 2
    const at = (after: number) => new Date(start + after * minute).toISOString().replace('Z', '+0000')
    const bodies = [
      salesforceBody('Negotiation/Review', at(1), { email }),
      // A price that is none: the deal goes back all the same.
      salesforceBody('Needs Analysis', at(3), { amount: -5 }),
      salesforceBody('Closed Won', at(5), { amount: 15000 }),
    ]
    for (const body of [...bodies.toReversed(), ...bodies])
      expect((await fromSalesforce(body)).status).toBe(202)
    await client.settle()
    const [deal, ...others] = await deals(await story.idOf(email))
    expect(others).toEqual([])
    expect(deal).toMatchObject({ dealId: '0068d00000AbCdEAAV', status: 'won', value: '15000.00' })
    expect(deal?.phases.map(({ phase }) => phase)).toEqual(['negotiation', 'needs_analysis', 'closing'])
    expect(await hookOf('salesforce')).toMatchObject({
      rejected: 0,
      warnings: 2,
      warnedBecause: {
        'properties.amount: must be a decimal of 0 or more, as a number or as a text like "1234.50"; kept without amount and currency': 2,
      },
    })
  })

  it('whose mapping can be tried without recording anything', async () => {
    const body = salesforceBody('Closed Won', '2026-03-02T09:30:00.000+0000', {
      id: 'new',
      email: 'tom@werk.example.net',
    })
    const response = await client.post(
      '/api/hooks/salesforce/test',
      { body: [body, { stage: 'On Hold' }] },
      'marketing',
    )
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      events: [
        { activities: [{ type: 'deal.won', properties: { dealId: 'new', amount: '12500.5' } }] },
        { ignored: true },
      ],
    })
    await client.settle()
    expect((await client.get<{ items: unknown[] }>('/api/leads?email=tom@werk.example.net')).items).toEqual(
      [],
    )
  })

  it('whose word is forgotten with the person', async () => {
    const email = 'sara@werk.example.net'
    const leadId = await story.idOf(email)
    const erased = await client.raw(`/api/leads/${leadId}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer local-admin' },
    })
    expect(erased.status).toBe(202)
    await client.settle()
    const again = salesforceBody('Closed Won', new Date(await client.now()).toISOString())
    expect((await fromSalesforce(again)).body).toMatchObject({ accepted: 0, unmatched: 1 })
  })
})
