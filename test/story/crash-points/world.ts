import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { DynamoDBDocumentClient, paginateQuery, paginateScan } from '@aws-sdk/lib-dynamodb'
import { leadOf } from '../../../functions/adapters/dynamo-lead-items.ts'
import { salesforceBody } from '../../domain/hook/vendor-bodies.ts'
import type { Client, Mail } from '../client.ts'

interface Described {
  readonly urls: { readonly aws: string }
  readonly table: string | { readonly name: string }
}

/** Whether something is still to be told of what an item says. */
const isOwing = ({ outbox }: Record<string, unknown>): boolean =>
  outbox !== undefined && outbox !== '[]' && !(Array.isArray(outbox) && outbox.length === 0)

/** Numbers fade with time; ids, times and tokens are those of one run, and so is the order of what happens at one moment. */
export const settled = (value: unknown, names: readonly (readonly [string, string])[]): unknown => {
  if (typeof value === 'number') return Math.round(value)
  if (typeof value === 'string') return named(value, names)
  if (Array.isArray(value))
    return value
      .map((one) => settled(one, names))
      .toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [named(name, names), settled(one, names)]),
  )
}

const named = (text: string, names: readonly (readonly [string, string])[]): string =>
  names
    .reduce((sofar, [name, word]) => sofar.replaceAll(name, word), text)
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(Z|[+-]\d\d:\d\d)?/g, 'T')
    .replace(/\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4}/g, 'D')
    .replace(/D,? \d\d:\d\d/g, 'T')
    // A score fades while a crash is repaired.
    .replace(/\b\d+\.\d{4,}\b/g, (number) => String(Math.round(Number(number))))
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\b[0-9a-f]{16,}\b/g, 'HASH')
    .replace(/\b\d{13}\b/g, 'MS')

/** What can be seen of people from outside, in words that are the same for everybody. */
export const worldOf = async (client: Client) => {
  const described: Described = JSON.parse(await (await client.raw('/_local')).text())
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const reached = { endpoint: described.urls.aws, region: 'eu-central-1', credentials }
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(reached))
  const TableName = typeof described.table === 'string' ? described.table : described.table.name
  const partition = async (pk: string): Promise<Record<string, unknown>[]> => {
    const items: Record<string, unknown>[] = []
    const query = { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } }
    for await (const page of paginateQuery({ client: db }, query)) items.push(...(page.Items ?? []))
    return items
  }
  /** Items that a text is found in, but for what is kept of everybody. */
  const holding = async (text: string): Promise<readonly string[]> => {
    const found: string[] = []
    for await (const page of paginateScan({ client: db }, { TableName }))
      for (const item of page.Items ?? [])
        if (JSON.stringify(item).toLowerCase().includes(text.toLowerCase()))
          found.push(`${item.pk} ${item.sk}`)
    return found
  }
  const listed = async (email: string): Promise<string | undefined> => {
    const { items } = await client.get<{ items: { leadId: string }[] }>(
      `/api/leads?email=${encodeURIComponent(email)}`,
    )
    return items[0]?.leadId
  }
  const mailsAbout = (mails: readonly Mail[], words: readonly string[]) =>
    mails
      .filter((mail) => words.some((word) => String(mail.to).includes(word) || mail.html.includes(word)))
      .map(({ to, subject, tags }) => `${to}: ${tags.email ?? ''} ${subject}`)
      .sort()

  /** Everything about one lead: the API, the table, the mails and events of the run. @param also what else it is called */
  const stateOf = async (leadId: string, ...also: readonly string[]) => {
    const names = [[leadId, 'LEAD'] as const, ...also.map((name, index) => [name, `NAME${index}`] as const)]
    const [lead, timeline, items, mails, events] = await Promise.all([
      client.get<Record<string, unknown>>(`/api/leads/${leadId}`),
      client.get<{ items: readonly { type: string }[] }>(`/api/leads/${leadId}/timeline?limit=100`),
      partition(`L#${leadId}`),
      client.inbox(),
      client.events(),
    ])
    const told = new Map(
      events
        .filter(({ source, detail }) => source === 'trichter' && detail.data?.leadId === leadId)
        .map((event) => [
          event.detail.metadata.id,
          `${event['detail-type']} ${JSON.stringify(event.detail.data)}`,
        ]),
    )
    return settled(
      {
        lead,
        timeline: timeline.items.map(({ type }) => type).sort(),
        items: items
          .map(({ sk }) => String(sk))
          .map((sk) => named(sk, names))
          .sort(),
        outboxes: items.filter(isOwing).map(({ sk }) => sk),
        mails: mailsAbout(mails, [leadId, ...also]),
        events: [...told.values()].map((one) => named(one, names)).sort(),
      },
      names,
    )
  }
  /** What a CRM signs with, as the AWS engineer would set it. */
  const hookSecret = 'a-long-token'
  const manager = new SecretsManagerClient(reached)
  const { SecretList = [] } = await manager.send(new ListSecretsCommand({}))
  await manager.send(
    new PutSecretValueCommand({
      SecretId: SecretList.find(({ Name }) => Name?.includes('HookSecrets'))?.ARN,
      SecretString: JSON.stringify({ salesforce: hookSecret }),
    }),
  )
  manager.destroy()
  return {
    partition,
    listed,
    holding,
    /** Whether all lanes of rescoring are through, and under how many rules leads are. */
    rescored: async () => {
      const jobs = await partition('RESCORE')
      const rules = new Set<string | undefined>()
      for await (const page of paginateScan({ client: db }, { TableName }))
        for (const item of page.Items ?? [])
          if (item.sk === 'LEAD' && item.state !== undefined) rules.add(leadOf(item).state?.rules)
      return { jobs: jobs.map(({ job }) => String(job).includes('finishedAt')), rules: rules.size }
    },
    /** Has the rows of everybody made anew, as the AWS engineer would. */
    countAnew: async (): Promise<void> => {
      const queues = new SQSClient(reached)
      const { QueueUrls = [] } = await queues.send(new ListQueuesCommand({}))
      const QueueUrl = QueueUrls.find((url) => url.includes('FiguresWork') && !url.includes('DeadLetters'))
      const MessageBody = JSON.stringify({ type: 'begin', anew: true })
      await queues.send(new SendMessageCommand({ QueueUrl, MessageBody }))
      queues.destroy()
    },
    /** How far counting anew is, and how many rows there are. */
    counted: async () => {
      const items = await partition('ROWS')
      const rows = items.map(({ pointer }) => (pointer === undefined ? 0 : JSON.parse(String(pointer)).rows))
      const { open, isWhole } = JSON.parse(
        String(items.find(({ rebuild }) => rebuild !== undefined)?.rebuild),
      )
      return { open, isWhole, rows: rows.reduce((sum, of) => sum + of, 0) }
    },
    /** What the log of who did what tells of, since it was begun. */
    audited: async (): Promise<ReadonlySet<string>> => {
      const actions = new Set<string>()
      for await (const page of paginateScan({ client: db }, { TableName }))
        for (const { pk, action } of page.Items ?? [])
          if (String(pk).startsWith('AUDIT#')) actions.add(String(action))
      return actions
    },
    hookSecret,
    salesforceDeal: salesforceBody('Closed Won', await client.now(), {}),
    /** Of a browser that nobody has given an address. */
    visitorOf: async (visitorId: string, key: string) => {
      const found = (await client.events('ActivityRecorded')).at(-1)?.detail.data.leadId
      return found === undefined ? 'nobody' : stateOf(found, visitorId, key)
    },
    stateOf,
    /** Of whom the address belongs to. */
    personOf: async (email: string, ...also: readonly string[]) => {
      const leadId = await listed(email)
      return leadId === undefined
        ? 'nobody'
        : stateOf(leadId, email, email.slice(0, email.indexOf('@')), ...also)
    },
    close: () => db.destroy(),
  }
}

export type World = Awaited<ReturnType<typeof worldOf>>

/**
 * The same request again while nobody answers it, as browsers and programs send it. One that was carried out before its answer
 * was lost may be told so by a conflict, or that what was to go is gone.
 * @throws when it is answered otherwise than well.
 */
export const accepted = async (request: () => Promise<Response>): Promise<Response> => {
  for (let tries = 0; ; tries += 1) {
    const response = await request()
    if (response.status < 400 || (tries > 0 && [404, 409].includes(response.status))) return response
    if (response.status < 500 || tries === 3)
      throw new Error(`${response.url}: ${response.status} ${await response.text()}`)
  }
}

/** Where webhooks go. It takes one message for one, whatever comes twice. */
export const receiverOf = async (port = 0) => {
  const taken = new Map<string, string>()
  let failing: string | undefined
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    if (failing !== undefined && body.includes(failing)) return response.writeHead(500).end()
    taken.set(String(request.headers['webhook-id']), body)
    return response.writeHead(200).end()
  })
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: (leadId: string) => {
      failing = leadId
    },
    mend: () => {
      failing = undefined
    },
    told: (leadId: string): readonly string[] =>
      [...taken.values()]
        .filter((body) => body.includes(leadId))
        .map((body) => String(JSON.parse(body).type))
        .sort(),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

export type Receiver = Awaited<ReturnType<typeof receiverOf>>
