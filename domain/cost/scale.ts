import { type Billed, costOf, type Usage } from './prices.ts'

export const scenarioNames = [
  'newLead',
  'activity',
  'consent',
  'signUp',
  'email',
  'handoff',
  'newLeadInBatches',
  'activityInBatches',
  'importedRow',
] as const
export type ScenarioName = (typeof scenarioNames)[number]

type Amounts = Readonly<Record<string, number>>

/** What one of something takes, as `npm run bench -- calls --write FILE` counts it. */
export interface Counted {
  /** Requests by who makes them, and by service and operation: `Record (Function)`, `dynamodb PutItem`. */
  readonly calls: Readonly<Record<string, Amounts>>
  /** Events put on the bus by programs and functions; those of AWS itself cost nothing. */
  readonly events: number
  /** Units of the table by the kind of partition: what its key begins with, after the name of an index where it is one of its. */
  readonly written: Amounts
  readonly read: Amounts
}

/** What happens in a day. */
export interface Load {
  /** All that are kept. */
  readonly leads: number
  readonly newLeadsPerDay: number
  readonly activitiesPerDay: number
  readonly emailsPerDay: number
  readonly handoffsPerDay: number
  /** How many times as much the busiest second has as the average one. */
  readonly peak: number
  /** Whether programs report fifty activities at once; else each comes by itself. */
  readonly inBatches: boolean
}

/** What is taken for granted, as it cannot be counted on the runner. */
export interface Assumed {
  /** Kilobytes of a lead in the table, with its index. */
  readonly leadKilobytes: number
  /** Milliseconds of one call of a function. */
  readonly callMilliseconds: number
  /** MiB of its memory. */
  readonly callMemory: number
  /** Kilobytes that it writes to the log. */
  readonly logKilobytes: number
  /** Schedules that stand for each lead: points that fade, and what it waits for. */
  readonly schedulesPerLead: number
  /** What is paid for though nothing happens, in a month. */
  readonly atRest: Usage
}

/** Defaults of an account in us-east-1, but for what is asked for. */
export interface Quotas {
  readonly sesRate: number
  readonly concurrency: number
}

/**
 * Over how many partitions a kind is spread: `by lead` where each lead, address or browser has its own; else a number, where
 * everybody writes to the same few; `by minute` where it is written so often and no oftener, which is reckoned by itself.
 */
export type Spread = Readonly<Record<string, number | 'by lead' | 'by minute'>>

interface Limit {
  readonly name: string
  readonly unit: string
  readonly quota: number
  /** In the busiest second, or at once. */
  readonly used: number
  /** What to do when it is near. */
  readonly remedy: string
}

interface PartitionLoad {
  readonly kind: string
  readonly parts: number
  /** Units of the busiest second in the busiest of them, if all is evenly spread. */
  readonly written: number
  readonly read: number
}

export interface Reckoning {
  /** Of the busiest second. */
  readonly perSecond: Amounts
  readonly partitions: readonly PartitionLoad[]
  /** The nearest first. */
  readonly limits: readonly Limit[]
  /** In a month of thirty days. */
  readonly cost: ReturnType<typeof costOf>
}

const secondsOfDay = 86_400
const days = 30
const batch = 50
/** Shards of the rows of figures, each written at most once a minute. */
const shards = 64
/** A partition's share of a table, by DynamoDB's documentation. */
const ofPartition = { written: 1_000, read: 3_000 }

interface Kinds {
  readonly counted: Readonly<Record<ScenarioName, Counted>>
  readonly spread: Spread
}

/** Each thing that happens, with how often in a day. A handoff is what remains of it without the two activities that lead to it. */
const happening = (load: Load): readonly (readonly [ScenarioName, number])[] => {
  const [first, further] = load.inBatches
    ? (['newLeadInBatches', 'activityInBatches'] as const)
    : (['newLead', 'activity'] as const)
  const others = Math.max(0, load.activitiesPerDay - load.newLeadsPerDay)
  return [
    [first, load.newLeadsPerDay],
    [further, others],
    ['email', load.emailsPerDay],
    ['handoff', load.handoffsPerDay],
    ['activity', -2 * load.handoffsPerDay],
  ]
}

const sum = (values: Iterable<number>): number => [...values].reduce((all, value) => all + value, 0)

/** Adds up over what happens in a day. */
const inDay = (load: Load, { counted }: Kinds, of: (one: Counted) => number): number =>
  sum(happening(load).map(([name, times]) => times * of(counted[name])))

const requests =
  (isAsked: (caller: string, operation: string) => boolean) =>
  ({ calls }: Counted): number =>
    sum(
      Object.entries(calls).flatMap(([caller, operations]) =>
        Object.entries(operations).flatMap(([operation, count]) =>
          isAsked(caller, operation) ? [count] : [],
        ),
      ),
    )

const ofService = (service: string) => requests((_, operation) => operation.startsWith(`${service} `))
const ofOperation = (wanted: string) => requests((_, operation) => operation === wanted)

/** What the figures take: each lead that has changed is read once a minute, and each shard that has changed is written. */
const figuresInDay = (load: Load, { leadKilobytes }: Assumed) => {
  const perMinute = (load.activitiesPerDay + load.emailsPerDay) / (secondsOfDay / 60)
  const changed = Math.min(perMinute, load.leads) * (secondsOfDay / 60)
  const written = Math.min(shards, perMinute) * (secondsOfDay / 60)
  return {
    readUnits: changed * Math.ceil(leadKilobytes / 4),
    objectsPut: 2 * written,
    objectsRead: written,
    writeUnits: written,
  }
}

const unitsOf = (units: Amounts, spread: Spread): number =>
  sum(Object.entries(units).flatMap(([kind, amount]) => (spread[kind] === 'by minute' ? [] : [amount])))

/** What is billed for calls of functions. */
const ofInvocations = (invocations: number, assumed: Assumed): Usage => ({
  invocations,
  gigabyteSeconds: (invocations * assumed.callMilliseconds * assumed.callMemory) / 1_000 / 1_024,
  logGigabytes: (invocations * assumed.logKilobytes) / 1e6,
})

interface One {
  readonly spread: Spread
  readonly assumed: Assumed
  /** That bring it. */
  readonly httpRequests: number
}

/** What one of something takes, as it is billed; its share of the figures left out. */
export const usageOfOne = (one: Counted, { spread, assumed, httpRequests }: One): Usage => ({
  httpRequests,
  events: one.events,
  queueRequests: ofService('sqs')(one),
  schedules: requests((caller) => caller.endsWith('(Group)'))(one),
  writeUnits: unitsOf(one.written, spread),
  readUnits: unitsOf(one.read, spread),
  ...ofInvocations(httpRequests + ofOperation('sqs ReceiveMessage')(one), assumed),
})

/** What a day takes, as it is billed. */
const usageOfDay = (load: Load, kinds: Kinds, assumed: Assumed): Usage => {
  const day = (of: (one: Counted) => number): number => inDay(load, kinds, of)
  const httpRequests = load.activitiesPerDay / (load.inBatches ? batch : 1)
  const invocations = httpRequests + day(ofOperation('sqs ReceiveMessage'))
  const figures = figuresInDay(load, assumed)
  return {
    emails: load.emailsPerDay + load.handoffsPerDay,
    httpRequests,
    events: day(({ events }) => events),
    queueRequests: day(ofService('sqs')),
    schedules: day(requests((caller) => caller.endsWith('(Group)'))),
    ...ofInvocations(invocations, assumed),
    writeUnits: day(({ written }) => unitsOf(written, kinds.spread)) + figures.writeUnits,
    readUnits: day(({ read }) => unitsOf(read, kinds.spread)) + figures.readUnits,
    objectsPut: figures.objectsPut,
    objectsRead: figures.objectsRead,
  }
}

const usageOfMonth = (load: Load, day: Usage, { leadKilobytes, atRest }: Assumed): Usage => {
  const used = Object.entries(day) as [Billed, number][]
  const kept = (load.leads * leadKilobytes) / 1e6
  const all: Partial<Record<Billed, number>> = { ...atRest }
  for (const [item, quantity] of used) all[item] = (all[item] ?? 0) + days * quantity
  return { ...all, tableGigabyteMonths: kept, recoveryGigabyteMonths: kept }
}

const partitionsOf = (load: Load, kinds: Kinds): readonly PartitionLoad[] => {
  const { counted, spread } = kinds
  const names = new Set(
    happening(load).flatMap(([name]) => [
      ...Object.keys(counted[name].written),
      ...Object.keys(counted[name].read),
    ]),
  )
  const busiest = (of: (one: Counted) => number): number =>
    (load.peak * inDay(load, kinds, of)) / secondsOfDay
  return [...names]
    .flatMap((kind): readonly PartitionLoad[] => {
      const parts = spread[kind]
      if (parts === undefined) throw new Error(`over how many partitions ${kind} is spread is not known`)
      if (typeof parts === 'string') return []
      const written = busiest((one) => one.written[kind] ?? 0) / parts
      return [{ kind, parts, written, read: busiest((one) => one.read[kind] ?? 0) / parts }]
    })
    .toSorted((one, other) => shareOfPartition(other) - shareOfPartition(one))
}

const shareOfPartition = ({ written, read }: PartitionLoad): number =>
  Math.max(written / ofPartition.written, read / ofPartition.read)

const partitionLimits = (partitions: readonly PartitionLoad[]): readonly Limit[] => {
  const most = (of: 'written' | 'read'): PartitionLoad | undefined =>
    partitions.toSorted((one, other) => other[of] - one[of])[0]
  const limit = (of: 'written' | 'read', unit: string): readonly Limit[] => {
    const hottest = most(of)
    if (!hottest || hottest[of] === 0) return []
    const name = `hottest partition: ${hottest.kind}, one of ${hottest.parts}`
    return [
      {
        name,
        unit,
        quota: ofPartition[of],
        used: hottest[of],
        remedy: 'more parts; DynamoDB splits what stays hot by itself where its keys differ',
      },
    ]
  }
  return [...limit('written', 'write units a second'), ...limit('read', 'read units a second')]
}

/** How long the figures' worker waits for a batch to fill, during which its messages are in flight. */
const figuresWindow = 60

const limitsOf = (load: Load, kinds: Kinds, assumed: Assumed, quotas: Quotas): readonly Limit[] => {
  const day = usageOfDay(load, kinds, assumed)
  const peak = (inOneDay: number | undefined): number => (load.peak * (inOneDay ?? 0)) / secondsOfDay
  const asked = (operation: string): number => peak(inDay(load, kinds, ofOperation(operation)))
  const delivered = peak(
    inDay(
      load,
      kinds,
      requests((caller) => caller.endsWith('(Rule)')),
    ),
  )
  const figures = peak(
    inDay(
      load,
      kinds,
      requests((caller, operation) => caller.startsWith('Record (') && operation === 'sqs SendMessage'),
    ),
  )
  const calls = peak(day.invocations)
  return [
    {
      name: 'SES: sending rate',
      unit: 'emails a second',
      quota: quotas.sesRate,
      used: peak(day.emails),
      remedy: 'ask SES for more, deploy with -c sesRate',
    },
    {
      name: 'Lambda: concurrent executions',
      unit: 'at once',
      quota: quotas.concurrency,
      used: (calls * assumed.callMilliseconds) / 1_000,
      remedy: 'ask for more (L-B99A9384), deploy with -c concurrency',
    },
    {
      name: 'Scheduler: schedules',
      unit: 'that stand',
      quota: 10_000_000,
      used: load.leads * assumed.schedulesPerLead,
      remedy: 'ask for more schedules per account',
    },
    {
      name: 'Scheduler: CreateSchedule',
      unit: 'a second',
      quota: 5_000,
      used: asked('scheduler CreateSchedule'),
      remedy: 'ask for more',
    },
    {
      name: 'Scheduler: invocations',
      unit: 'a second',
      quota: 1_000,
      used: peak(day.schedules),
      remedy: 'ask for more; what is beyond comes late',
    },
    {
      name: 'EventBridge: PutEvents',
      unit: 'requests a second',
      quota: 10_000,
      used: asked('events PutEvents'),
      remedy: 'ask for more',
    },
    {
      name: 'EventBridge: deliveries by rules',
      unit: 'a second',
      quota: 18_750,
      used: delivered,
      remedy: 'ask for more; what is beyond comes late',
    },
    {
      name: 'API Gateway: requests',
      unit: 'a second',
      quota: 10_000,
      used: peak(day.httpRequests),
      remedy: 'report in batches; ask for more, deploy with -c apiRate',
    },
    {
      name: 'DynamoDB: the table',
      unit: 'write units a second',
      quota: 40_000,
      used: peak(day.writeUnits),
      remedy: 'ask for more',
    },
    {
      name: 'DynamoDB: the table, read',
      unit: 'read units a second',
      quota: 40_000,
      used: peak(day.readUnits),
      remedy: 'ask for more',
    },
    {
      name: 'SQS: messages in flight on the figures’ queue',
      unit: 'at once',
      quota: 120_000,
      used: figures * figuresWindow,
      remedy: 'a shorter window (lib/capabilities/figures.ts)',
    },
    ...partitionLimits(partitionsOf(load, kinds)),
  ]
}

/** How much of it is used: from 1 on it is hit. */
export const shareOf = ({ used, quota }: Limit): number => used / quota

/**
 * Reckons from counted requests what a load takes in its busiest second, what a month of it costs, and which limit is hit
 * first as it grows.
 * @throws naming a kind of partition that `spread` does not know.
 */
export const reckon = (load: Load, kinds: Kinds, assumed: Assumed, quotas: Quotas): Reckoning => {
  const day = usageOfDay(load, kinds, assumed)
  const { emails, httpRequests, events, queueRequests, schedules, invocations, writeUnits, readUnits } = day
  const perSecond = {
    emails,
    httpRequests,
    events,
    queueRequests,
    schedules,
    invocations,
    writeUnits,
    readUnits,
  }
  return {
    perSecond: Object.fromEntries(
      Object.entries(perSecond).map(([name, amount = 0]) => [name, (load.peak * amount) / secondsOfDay]),
    ),
    partitions: partitionsOf(load, kinds),
    limits: limitsOf(load, kinds, assumed, quotas).toSorted((one, other) => shareOf(other) - shareOf(one)),
    cost: costOf(usageOfMonth(load, day, assumed)),
  }
}
