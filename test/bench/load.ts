import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb'
import { sorts } from '../../functions/table-schema.ts'
import type { Client } from '../story/client.ts'
import { changedPlaybook } from '../story/playbook-folder.ts'
import { cpuOf, measureYardstick, memoryOf, ThreadTimes } from './process.ts'
import { inParallel, makeProgress } from './progress.ts'
import { settle } from './settle.ts'
import { quantile, type Row } from './table.ts'

export interface LoadSize {
  readonly leads: number
  /** All of them, those that a mail follows from included. */
  readonly activities: number
  readonly emails: number
  /** Equal parts that the load is measured in. */
  readonly samples: number
}

/** One equal part of the load, from its first request until nothing was in flight any more. */
export interface Sample {
  readonly activities: number
  readonly emails: number
  readonly seconds: number
  /** Milliseconds of processor time of the whole runner. */
  readonly cpu: number
  /** Requests to AWS. */
  readonly calls: number
  /** MB: at the end, and at its peak within. */
  readonly memory: number
  readonly peak: number
  /** MB of it that are files which the kernel shows it. */
  readonly mapped: number
  /** Milliseconds of processor time that a fixed piece of work outside of the runner took meanwhile. */
  readonly yardstick: number
  /** Milliseconds of processor time by the names of threads. */
  readonly threads: Readonly<Record<string, number>>
}

export interface LoadResult {
  readonly size: LoadSize
  /** Everybody signs up and gets a first mail: the table fills, caches warm up. */
  readonly warmUp: readonly Sample[]
  readonly samples: readonly Sample[]
  /** MB that the runner still has once at rest: after the first tenth, and at the end. */
  readonly held: { readonly first: number; readonly last: number }
  readonly found: {
    readonly acknowledged: number
    readonly recorded: number
    readonly sent: number
    readonly inInbox: number
    readonly wrongInboxes: number
    readonly deadLetters: number
  }
}

const mailed = 'load.mailed'

/** The shipped playbook, and one more email for whoever does one more thing. */
export const loadPlaybook = (): Promise<string> =>
  changedPlaybook((folder) =>
    writeFile(
      `${folder}/sequences/load.yaml`,
      `id: load\nenter: { activity: ${mailed} }\nreenter: always\nsteps:\n  - email: savings-guide\n`,
    ),
  )

const batch = 50
const atATime = 8
const lookEvery = 1_000

interface Count {
  readonly service: string
  readonly operation: string
  readonly count: number
}

const countsOf = async (client: Client): Promise<readonly Count[]> =>
  (await (await client.raw('/_local/counts')).json()) as Count[]

const total = (counts: readonly Count[]): number => counts.reduce((sum, { count }) => sum + count, 0)

const emailsIn = (counts: readonly Count[]): number =>
  total(counts.filter(({ service, operation }) => service === 'ses' && operation === 'SendEmail'))

/** What each thread took since `before`, by name. */
const since = (before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>) =>
  Object.fromEntries([...now].map(([name, cpu]) => [name, cpu - (before.get(name) ?? 0)]))

/** Runs `work`, and says what it took. */
const sampled = async (client: Client, pid: number, work: () => Promise<number>): Promise<Sample> => {
  const threads = new ThreadTimes(pid)
  await threads.look()
  const [begin, cpu, counts, before] = [
    performance.now(),
    await cpuOf(pid),
    await countsOf(client),
    threads.byName(),
  ]
  let peak = 0
  const yardsticks: number[] = []
  const look = async (): Promise<void> => {
    const { whole } = await memoryOf(pid)
    peak = Math.max(peak, whole)
    yardsticks.push(measureYardstick())
    await threads.look()
  }
  const watch = setInterval(() => void look(), lookEvery)
  try {
    const activities = await work()
    await settle(client)
    await look()
    const [after, { whole, mapped }] = [await countsOf(client), await memoryOf(pid)]
    return {
      activities,
      emails: emailsIn(after) - emailsIn(counts),
      seconds: (performance.now() - begin) / 1_000,
      cpu: (await cpuOf(pid)) - cpu,
      calls: total(after) - total(counts),
      memory: whole,
      mapped,
      peak,
      yardstick: quantile(yardsticks, 0.5),
      threads: since(before, threads.byName()),
    }
  } finally {
    clearInterval(watch)
  }
}

/** Functions end after a minute without work. */
const untilAtRest = 80_000

/** MB that the runner has once it has been left alone. */
const heldAtRest = async (pid: number): Promise<number> => {
  await sleep(untilAtRest)
  return (await memoryOf(pid)).whole
}

const emailOf = (lead: number): string => `lead-${lead}@load.example.net`
const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)

/** Where part `index` of `parts` ends when `whole` is cut into equal ones. */
const cut = (whole: number, index: number, parts: number): number => Math.round((whole * index) / parts)

const makePoster = (client: Client, progress: (more: number) => void) => {
  let acknowledged = 0
  const post = async (activities: readonly object[]): Promise<number> => {
    const chunks = range(0, Math.ceil(activities.length / batch)).map((index) =>
      activities.slice(index * batch, (index + 1) * batch),
    )
    await inParallel(chunks, atATime, async (chunk) => {
      const { accepted, rejected } = await client.postEvents(chunk)
      if (rejected.length > 0) throw new Error(`${rejected.length} activities were refused`)
      acknowledged += accepted
      progress(accepted)
    })
    return activities.length
  }
  return { post, acknowledged: () => acknowledged }
}

const activity = (type: string, lead: number, id: string, properties: object = {}): object => ({
  id: `load-${type}-${id}`,
  type,
  subject: { email: emailOf(lead) },
  properties,
})

const signUp = (leads: readonly number[]) => ({
  consents: leads.map((lead) => activity('consent.granted', lead, String(lead), { purpose: 'newsletter' })),
  subscriptions: leads.map((lead) => activity('newsletter.subscribed', lead, String(lead))),
})

/** Everybody as often as anybody else, in an order that jumps. */
const views = (from: number, to: number, leads: number): readonly object[] =>
  range(from, to).map((index) =>
    activity('page.viewed', (index * 7_919) % leads, String(index), {
      path: index % 3 ? '/' : '/pricing',
    }),
  )

/** Facts of the load that the table holds. */
const countFacts = async (client: Client): Promise<number> => {
  const described = (await (await client.raw('/_local')).json()) as {
    readonly urls: { readonly aws: string }
    readonly table: { readonly name: string } | string
  }
  const { table } = described
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const db = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: described.urls.aws, region: 'eu-central-1', credentials }),
  )
  const input = {
    TableName: typeof table === 'string' ? table : table.name,
    Select: 'COUNT' as const,
    FilterExpression: 'begins_with(sk, :fact) and contains(sk, :load)',
    ExpressionAttributeValues: { ':fact': sorts.fact, ':load': '#load-' },
  }
  let facts = 0
  for await (const { Count = 0 } of paginateScan({ client: db }, input)) facts += Count
  db.destroy()
  return facts
}

/** To whom a mail of the inbox went; what stands within its text has its quotation marks escaped. */
const recipient = /"to":\["[^"]*?([\w.-]+@load\.example\.net)>?"\]/g

/** How many mails each address got. Read as it comes: with all its mails the inbox takes gigabytes. */
const readInbox = async (client: Client): Promise<ReadonlyMap<string, number>> => {
  const mails = new Map<string, number>()
  const { body } = await client.raw('/_local/inbox')
  if (!body) throw new Error('there is no inbox')
  let rest = ''
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    rest += text
    let end = 0
    for (const found of rest.matchAll(recipient)) {
      const [, to = ''] = found
      mails.set(to, (mails.get(to) ?? 0) + 1)
      end = found.index + found[0].length
    }
    rest = rest.slice(Math.max(end, rest.length - 1_000))
  }
  return mails
}

const tenthOf = (parts: number): number => Math.max(1, Math.round(parts / 10))

const sum = (values: Iterable<number>): number => [...values].reduce((all, value) => all + value, 0)

/** Everybody signs up and is mailed, part by part; then everybody does more, and is mailed once more. */
export const runLoad = async (client: Client, pid: number, size: LoadSize): Promise<LoadResult> => {
  const { leads, activities, emails, samples: parts } = size
  const second = emails - leads
  const further = activities - 2 * leads - second
  if (second < 0 || second > leads || further < 0)
    throw new TypeError(
      'each lead gets one mail or two, and does two things at least and one more for the second',
    )
  const { post, acknowledged } = makePoster(client, makeProgress('activities', activities))
  const slice = (whole: number, part: number) =>
    [cut(whole, part, parts), cut(whole, part + 1, parts)] as const
  const warmUp: Sample[] = []
  const samples: Sample[] = []
  const note = (into: Sample[], work: () => Promise<number>) =>
    sampled(client, pid, work).then((sample) => {
      into.push(sample)
      process.stderr.write(`${describe(sample)}\n`)
    })
  for (const part of range(0, parts))
    await note(warmUp, async () => {
      const { consents, subscriptions } = signUp(range(...slice(leads, part)))
      const done = await post(consents)
      await settle(client)
      return done + (await post(subscriptions))
    })
  let heldFirst = 0
  for (const part of range(0, parts)) {
    await note(samples, async () => {
      const done = await post(
        range(...slice(second, part)).map((lead) => activity(mailed, lead, String(lead))),
      )
      return done + (await post(views(...slice(further, part), leads)))
    })
    if (samples.length === tenthOf(parts)) heldFirst = await heldAtRest(pid)
  }
  const held = { first: heldFirst, last: await heldAtRest(pid) }
  const inbox = await readInbox(client)
  return {
    size,
    warmUp,
    samples,
    held,
    found: {
      acknowledged: acknowledged(),
      recorded: await countFacts(client),
      sent: emailsIn(await countsOf(client)),
      inInbox: sum(inbox.values()),
      wrongInboxes: range(0, leads).filter((lead) => inbox.get(emailOf(lead)) !== (lead < second ? 2 : 1))
        .length,
      deadLetters: (await client.deadLetters()).length,
    },
  }
}

const describe = ({ activities, emails, seconds, cpu, calls, ...rest }: Sample): string =>
  [
    `${activities} activities, ${emails} emails in ${seconds.toFixed(0)} s`,
    `${(activities / seconds).toFixed(0)}/s`,
    `${(cpu / activities).toFixed(2)} ms and ${(calls / activities).toFixed(2)} calls each`,
    `${rest.memory.toFixed(0)} MB, ${rest.mapped.toFixed(0)} of them files`,
    `yardstick ${rest.yardstick.toFixed(1)} ms`,
    Object.entries(rest.threads)
      .filter(([, of]) => of > cpu / 50)
      .sort(([, one], [, other]) => other - one)
      .map(([name, of]) => `${name} ${(of / activities).toFixed(2)}`)
      .join(' '),
  ].join(', ')

/** In the last tenth of the load beside the first, after everybody has signed up; memory at the end beside the first tenth. */
export const judgeLoad = ({ samples, held, found, size }: LoadResult): readonly Row[] => {
  const tenth = tenthOf(samples.length)
  const [first, last] = [samples.slice(0, tenth), samples.slice(-tenth)]
  const each = (some: readonly Sample[], of: (sample: Sample) => number): number =>
    sum(some.map(of)) / sum(some.map(({ activities }) => activities))
  const ratio = (of: (sample: Sample) => number): number => each(last, of) / each(first, of)
  const memory = (some: readonly Sample[]): number => Math.max(...some.map((sample) => sample.memory))
  return [
    { what: 'processor time of an activity, first tenth', value: each(first, ({ cpu }) => cpu), unit: 'ms' },
    { what: '… last tenth beside the first', value: ratio(({ cpu }) => cpu), unit: '×', aim: 'at most 1.1' },
    {
      what: '… by how fast the machine was meanwhile',
      value: ratio(({ cpu, yardstick }) => cpu / yardstick),
      unit: '×',
      aim: 'at most 1.1',
    },
    { what: 'requests of an activity, first tenth', value: each(first, ({ calls }) => calls), unit: '' },
    {
      what: '… last tenth beside the first',
      value: ratio(({ calls }) => calls),
      unit: '×',
      aim: 'at most 1.1',
    },
    { what: 'memory, first tenth', value: memory(first), unit: 'MB' },
    {
      what: '… last tenth beside the first',
      value: memory(last) / memory(first),
      unit: '×',
      aim: 'at most 1.1',
    },
    { what: 'memory held at rest, after the first tenth', value: held.first, unit: 'MB' },
    { what: '… at the end beside it', value: held.last / held.first, unit: '×', aim: 'at most 1.1' },
    { what: 'activities acknowledged', value: found.acknowledged, unit: '', aim: String(size.activities) },
    { what: 'facts of them in the table', value: found.recorded, unit: '', aim: String(found.acknowledged) },
    { what: 'emails handed to SES', value: found.sent, unit: '', aim: String(size.emails) },
    { what: 'emails in the inbox', value: found.inInbox, unit: '', aim: String(found.sent) },
    {
      what: 'people with another number of emails than theirs',
      value: found.wrongInboxes,
      unit: '',
      aim: '0',
    },
    { what: 'dead letters', value: found.deadLetters, unit: '', aim: '0' },
  ]
}

/** Whether nothing was lost: what was acknowledged is recorded, what was sent arrived, at whom it had to. */
export const isWhole = ({ found, size }: LoadResult): boolean =>
  found.acknowledged === size.activities &&
  found.recorded === found.acknowledged &&
  found.sent === size.emails &&
  found.inInbox === found.sent &&
  found.wrongInboxes === 0 &&
  found.deadLetters === 0
