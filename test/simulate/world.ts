import { GetObjectCommand, ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { type CreateScheduleCommand, paginateListSchedules, SchedulerClient } from '@aws-sdk/client-scheduler'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { decodeSendTags } from '../../domain/email/email-outcome.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { History, Row } from '../../domain/kpi/row.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import { parsePlaybook } from '../../domain/playbook/parse-playbook.ts'
import { compileRules, type Rules } from '../../domain/rules/rules.ts'
import type { Run } from '../../domain/sequence/run.ts'
import { dynamoHandoffs, handoffOf } from '../../functions/adapters/dynamo-handoffs.ts'
import { dynamoHistories } from '../../functions/adapters/dynamo-histories.ts'
import { type Item, partitionOf, sortOf } from '../../functions/adapters/dynamo-items.ts'
import { leadOf } from '../../functions/adapters/dynamo-lead-items.ts'
import { runOf } from '../../functions/adapters/dynamo-runs.ts'
import { sendOf } from '../../functions/adapters/dynamo-send-items.ts'
import { scanWaiting } from '../../functions/adapters/dynamo-sends.ts'
import { readRows } from '../../functions/adapters/row-files.ts'
import { plainSchedulerTimers } from '../../functions/adapters/scheduler-timers.ts'
import { objectsOf } from '../../functions/figures-ports.ts'
import type { Lead, Timers } from '../../functions/ports.ts'
import type { Send } from '../../functions/send-ports.ts'
import { sorts } from '../../functions/table-schema.ts'
import { makeRebuildTimers } from '../../functions/timers/rebuild-timers.ts'
import type { Client, Mail } from '../story/client.ts'
import { openTable, scanTable } from '../story/table-items.ts'
import type { Plan } from './plan.ts'
import type { Observed } from './player.ts'

/** A fact of some lead's log, with the lead in whose partition it stands. */
interface StoredFact {
  readonly leadId: string
  readonly id: string
  readonly type: string
  readonly occurredAt: string
  readonly recordedAt: string | undefined
  readonly isSuperseded: boolean
}

/** An email that was handed to SES. */
export interface SentMail extends Pick<Mail, 'at' | 'subject'> {
  readonly to: string
  /** Empty: a report, which no lead has to do with. */
  readonly sendId: string
  readonly leadId: string
  readonly recipient: 'lead' | 'owner'
  readonly isMarketing: boolean
}

/** A moment that something in the table waits for. */
interface Wake {
  /** Of the schedule that wakes it. */
  readonly schedule: string
  readonly at: string
  readonly message: string
}

interface BroadcastReport {
  readonly broadcastId: string
  readonly state: string
  readonly audience: {
    readonly shown: number
    readonly sent: number
    readonly held: number
    readonly suppressed: Readonly<Record<string, number>>
    readonly failed: number
    readonly exited: number
  }
}

interface ImportReport {
  readonly importId: string
  readonly state: string
  readonly rows: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly rejectedRows: number
}

/** Everything there is once all has come to rest: what was told and heard, and what each store holds. */
export interface World {
  readonly plan: Plan
  readonly observed: Observed
  /** RFC 3339 UTC. */
  readonly now: string
  readonly items: readonly Item[]
  readonly leads: ReadonlyMap<string, Lead>
  readonly facts: readonly StoredFact[]
  readonly runs: readonly Run[]
  readonly sends: readonly Send[]
  readonly handoffs: readonly Handoff[]
  /** Of each lead that stands for itself. */
  readonly histories: ReadonlyMap<string, History>
  /** Those that count, of all shards. */
  readonly rows: readonly Row[]
  /** Leads that any object holds rows of. */
  readonly leadsInObjects: ReadonlySet<string | null>
  readonly rules: Rules
  readonly mails: readonly SentMail[]
  readonly deadLetters: readonly { readonly queue: string; readonly body: string; readonly error: string }[]
  /** Bodies of messages by queue; those of dead letters are not among them. */
  readonly messages: readonly { readonly queue: string; readonly body: string }[]
  readonly wakes: readonly Wake[]
  readonly schedules: ReadonlyMap<string, string>
  readonly broadcasts: readonly BroadcastReport[]
  readonly imports: readonly ImportReport[]
  /** Ids of leads as the console lists them. */
  readonly listed: readonly string[]
  readonly calls: number
  /** Decisions that were told on the bus, the last ten thousand at most. */
  readonly told: readonly Told[]
}

/** A decision as the bus had it. */
export interface Told {
  readonly id: string
  readonly type: string
  /** JSON of the whole. */
  readonly text: string
}

interface Described {
  readonly urls: { readonly aws: string }
  readonly queues: readonly {
    readonly name: string
    readonly url: string
    readonly messages: { readonly visible: number; readonly delayed: number; readonly inFlight: number }
  }[]
}

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
const region = 'eu-central-1'

/** What `npm run wakes -- rebuild` would set, and sets nothing. */
const wakesOf = async (client: Client, now: string): Promise<readonly Wake[]> => {
  const { db, name } = await openTable(client)
  const wakes: Wake[] = []
  const recorder = {
    send: async ({ input }: CreateScheduleCommand) => {
      const at = /at\((.*)\)/.exec(input.ScheduleExpression ?? '')?.[1] ?? ''
      wakes.push({ schedule: input.Name ?? '', at: `${at}.000Z`, message: input.Target?.Input ?? '' })
    },
  } as unknown as SchedulerClient
  const timers: Timers = plainSchedulerTimers({
    ...{ client: recorder, group: 'none', queueArn: 'none', deadLettersArn: 'none', roleArn: 'none' },
  })
  const rebuild = makeRebuildTimers({
    timers: {
      record: timers,
      nurture: timers,
      handoff: timers,
      send: timers,
      webhook: timers,
      audience: timers,
    },
    clock: () => now,
    handoffs: dynamoHandoffs(db, name),
  })
  for await (const { waiting } of scanWaiting(db, name, { Segment: 0, TotalSegments: 1 }))
    for (const one of waiting) await rebuild(one)
  db.destroy()
  return wakes
}

const schedulesAt = async (endpoint: string): Promise<ReadonlyMap<string, string>> => {
  const scheduler = new SchedulerClient({ endpoint, region, credentials })
  const schedules = new Map<string, string>()
  for await (const { Schedules = [] } of paginateListSchedules({ client: scheduler }, {}))
    for (const { Name = '', GroupName = '' } of Schedules)
      if (GroupName !== 'default') schedules.set(Name, GroupName)
  scheduler.destroy()
  return schedules
}

/** Rows of the objects that the shards' pointers name, and the leads in all of them. */
const rowsAt = async (endpoint: string, items: readonly Item[]) => {
  const s3 = new S3Client({ endpoint, forcePathStyle: true, region, credentials })
  const pointed = new Set(
    items
      .filter((item) => partitionOf(item) === 'ROWS' && typeof item.pointer === 'string')
      .flatMap(({ pointer }) => objectsOf(JSON.parse(String(pointer)))),
  )
  const rows: Row[] = []
  const leadsInObjects = new Set<string | null>()
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}))
  for (const { Name: Bucket } of Buckets) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    for (const { Key = '' } of Contents.filter(({ Key = '' }) => Key.endsWith('.parquet'))) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      const columns = await readRows((await Body?.transformToByteArray()) ?? new Uint8Array())
      for (let index = 0; index < columns.kind.length; index += 1) {
        const row = Object.fromEntries(
          Object.entries(columns).map(([name, values]) => [name, values[index]]),
        ) as unknown as Row
        leadsInObjects.add(row.lead)
        if (pointed.has(Key)) rows.push(row)
      }
    }
  }
  s3.destroy()
  return { rows, leadsInObjects }
}

const messagesIn = async ({ urls, queues }: Described) => {
  const sqs = new SQSClient({ endpoint: urls.aws, region, credentials })
  const found: { queue: string; body: string }[] = []
  for (const { name, url, messages } of queues) {
    if (name.includes('DeadLetters')) continue
    const { visible, delayed, inFlight } = messages
    if (visible + delayed + inFlight === 0) continue
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
    )
    for (const { Body = '' } of Messages) found.push({ queue: name, body: Body })
    for (let left = visible + delayed + inFlight - Messages.length; left > 0; left -= 1)
      found.push({ queue: name, body: '' })
  }
  sqs.destroy()
  return found
}

/** The rules that are live, as `rulesVersion` that most leads were folded under: the files do not say it. */
const liveRules = async (client: Client, leads: Iterable<Lead>): Promise<Rules> => {
  const { files } = await client.get<{ files: Record<string, string> }>('/api/playbook')
  const { playbook, faults } = parsePlaybook(new Map(Object.entries(files)))
  if (!playbook) throw new Error(`the live playbook cannot be read: ${JSON.stringify(faults.slice(0, 3))}`)
  const counts = new Map<string, number>()
  for (const { state } of leads) if (state) counts.set(state.rules, (counts.get(state.rules) ?? 0) + 1)
  const rulesVersion = [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? ''
  const sequences = Object.entries(playbook.sequences).map(
    ([id, one]) => [id, { ...one, version: '' }] as const,
  )
  return compileRules({
    ...playbook,
    version: '',
    rulesVersion,
    sequences: Object.fromEntries(sequences),
    emails: {},
  })
}

const sentMail = ({ at, subject, to, tags }: Mail): SentMail => {
  const { sendId = '', leadId = '', recipient = 'owner', kind } = decodeSendTags(tags) ?? {}
  return { ...{ at, subject, sendId, leadId, recipient }, to: to.join(), isMarketing: kind === 'marketing' }
}

const factIn = (item: Item): StoredFact => ({
  leadId: partitionOf(item).slice(2),
  id: String(item.id),
  type: String(item.type),
  occurredAt: String(item.occurredAt),
  recordedAt: typeof item.recordedAt === 'string' ? item.recordedAt : undefined,
  isSuperseded: item.superseded === true,
})

/** What the partitions of leads hold, by kind. */
const sorted = (items: readonly Item[]) => {
  const below = (prefix: string): readonly Item[] =>
    items.filter((item) => partitionOf(item).startsWith('L#') && sortOf(item).startsWith(prefix))
  const leads = new Map(
    below(sorts.lead)
      .filter((item) => sortOf(item) === sorts.lead)
      .map(leadOf)
      .map((lead): [string, Lead] => [lead.leadId, lead]),
  )
  return {
    leads,
    facts: below(sorts.fact).map(factIn),
    runs: below(sorts.run).map(runOf),
    sends: below(sorts.send).map(sendOf),
    handoffs: below(sorts.handoff).map(handoffOf),
  }
}

const historiesOf = async (client: Client, leads: ReadonlyMap<string, Lead>) => {
  const { db, name } = await openTable(client)
  const read = dynamoHistories(db, name)
  const histories = new Map<string, History>()
  for (const { leadId, mergedInto, erased } of leads.values()) {
    if (mergedInto !== undefined || erased) continue
    const found = await read(leadId)
    if (found.type === 'lead') histories.set(leadId, found.history)
  }
  db.destroy()
  return histories
}

const listedLeads = async (client: Client): Promise<readonly string[]> => {
  const listed: string[] = []
  let cursor = ''
  do {
    const { items, next } = await client.get<{ items: { leadId: LeadId }[]; next?: string }>(
      `/api/leads?limit=100${cursor}`,
    )
    listed.push(...items.map(({ leadId }) => leadId))
    cursor = next === undefined ? '' : `&cursor=${next}`
  } while (cursor)
  return listed
}

/** Reads everything, once all has come to rest. */
export const readWorld = async (client: Client, plan: Plan, observed: Observed): Promise<World> => {
  const counts: { count: number }[] = JSON.parse(await (await client.raw('/_local/counts')).text())
  const described: Described = JSON.parse(await (await client.raw('/_local')).text())
  const messages = await messagesIn(described)
  const now = await client.now()
  const items = await scanTable(client)
  const kinds = sorted(items)
  const each = <Body>(ids: readonly string[], path: string): Promise<Body[]> =>
    Promise.all(ids.map((id) => client.get<Body>(`${path}/${id}`)))
  return {
    ...{ plan, observed, now, items, messages },
    ...kinds,
    ...(await rowsAt(described.urls.aws, items)),
    histories: await historiesOf(client, kinds.leads),
    rules: await liveRules(client, kinds.leads.values()),
    mails: (await client.inbox()).map(sentMail),
    deadLetters: await client.deadLetters(),
    wakes: await wakesOf(client, now),
    schedules: await schedulesAt(described.urls.aws),
    broadcasts: await each<BroadcastReport>(observed.broadcasts, '/api/broadcasts'),
    imports: await each<ImportReport>(
      observed.imports.map(({ importId }) => importId),
      '/api/imports',
    ),
    listed: await listedLeads(client),
    told: (await client.events()).flatMap(({ source, 'detail-type': type, detail }) =>
      source === 'trichter' && type !== 'Activity'
        ? [{ id: detail.metadata.id, type, text: JSON.stringify(detail) }]
        : [],
    ),
    calls: counts.reduce((sum, { count }) => sum + count, 0),
  }
}
