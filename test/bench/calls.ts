import type { Counted, ScenarioName } from '../../domain/cost/scale.ts'
import type { Client } from '../story/client.ts'
import { settle } from './settle.ts'
import { shown } from './table.ts'

/** How often who asked for what. */
export interface Count {
  readonly service: string
  readonly operation: string
  /** Or a rule, a group of schedules. */
  readonly function: string
  readonly count: number
}

interface Units {
  readonly table: string
  readonly partition: string
  readonly read: number
  readonly write: number
}

interface Scenario {
  readonly what: string
  /** Under which name the model of scale knows it. */
  readonly name: ScenarioName
  /** What has to have happened before, uncounted. */
  readonly before?: () => Promise<void>
  /** @returns what the calls are divided by. */
  readonly counted: () => Promise<number>
}

/**
 * Pollers ask whether there is work or not, secrets are read once for each environment, leads are reviewed every day, and
 * figures are made of what a minute has brought, whoever it is about.
 */
export const isCounted = ({ service, operation, function: caller }: Count): boolean =>
  service !== 'secretsmanager' &&
  operation !== 'ReceiveMessage' &&
  operation !== 'DeleteMessageBatch' &&
  !isCalendar(caller)

/** Those who ask by themselves, whatever happens: `default` is the calendar. */
const isCalendar = (caller: string): boolean => /^default$|-(Retain|Calibrat|Figures)/.test(caller)

/** Without the stack and what CloudFormation appends. */
const nameOf = (caller: string): string =>
  caller.replace(/^\w+-/, '').replace(/(Work)?(Function|Rule|Group)[0-9A-F]{8}-\w+$/, ' ($2)')

const leads = 10
const atOnce = 20
const batch = 50
/** Rows of one request. */
const chunk = 500

type Activity = readonly [type: string, properties?: object]

/** One lead at a time shares nothing; what is done for many at once is what is paid for under load. */
const scenariosOf = (client: Client): readonly Scenario[] => {
  const post = async (name: string, activities: readonly Activity[]): Promise<void> => {
    await client.postEvents(
      activities.map(([type, properties = {}]) => ({
        id: `${name}-${type}-${JSON.stringify(properties)}`,
        type,
        subject: { email: `${name}@calls.example.net` },
        properties,
      })),
    )
  }
  const each = async (name: string, count: number, ...activities: readonly Activity[]): Promise<number> => {
    for (let lead = 0; lead < count; lead += 1) {
      await post(`${name}-${lead}`, activities)
      await settle(client)
    }
    return count
  }
  const together = async (path: string): Promise<number> => {
    const events = Array.from({ length: 8 * batch }, (_, index) => ({
      id: `batch-${index}-${path}`,
      type: 'page.viewed',
      subject: { email: `batch-${index}@calls.example.net` },
      properties: { path },
    }))
    for (let from = 0; from < events.length; from += batch)
      await client.postEvents(events.slice(from, from + batch))
    await settle(client)
    return events.length
  }
  /** People whom nobody knew, in chunks as the command sends them. */
  const imported = async (rows: number): Promise<number> => {
    const ask = async (path: string, body: object): Promise<{ readonly importId: string }> => {
      const response = await client.post(`/api/imports${path}`, body, 'marketing')
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
      return response.json()
    }
    const { importId } = await ask('', {
      name: 'calls.csv',
      mapping: { Mail: 'email', Firma: 'company', Land: 'country' },
      consent: { purpose: 'newsletter', evidence: 'made to be counted', at: await client.now() },
    })
    for (let from = 0; from < rows; from += chunk)
      await ask(`/${importId}/rows`, {
        rows: Array.from({ length: chunk }, (_, index) => ({
          line: from + index + 2,
          values: { Mail: `row-${from + index}@calls.example.net`, Firma: `Werk ${index}`, Land: 'DE' },
        })),
        last: from + chunk >= rows,
      })
    await settle(client)
    return rows
  }
  const view: Activity = ['page.viewed', { path: '/' }]
  const consent: Activity = ['consent.granted', { purpose: 'newsletter' }]
  /** Known before they consent: the sequence that a new lead begins is not theirs. */
  const consented = async (name: string, count: number): Promise<void> => {
    await each(name, count, view)
    await each(name, count, consent)
  }
  const mailed = async (work: () => Promise<unknown>): Promise<number> => {
    const had = (await client.inbox()).length
    await work()
    return (await client.inbox()).length - had
  }
  return [
    { name: 'newLead', what: 'first page view of a new lead', counted: () => each('view', leads, view) },
    {
      name: 'activity',
      what: 'one more page view',
      counted: () => each('view', leads, ['page.viewed', { path: '/more' }]),
    },
    { name: 'consent', what: 'consent', counted: () => each('view', leads, consent) },
    {
      name: 'signUp',
      what: 'sign-up to the delivered welcome mail',
      before: () => consented('mail', leads),
      counted: () => each('mail', leads, ['newsletter.subscribed']),
    },
    {
      name: 'email',
      what: `the next mail after its wait, ${atOnce} leads at once`,
      before: async () => {
        // What the leads before have asked for goes out before.
        await client.advance('30d')
        await consented('wait', atOnce)
        await each('wait', atOnce, ['newsletter.subscribed'])
      },
      counted: () => mailed(() => client.advance('74h')),
    },
    {
      name: 'handoff',
      what: 'two requests to the mail of the handoff',
      before: () => consented('sale', leads),
      counted: () => each('sale', leads, ['demo.requested'], ['quote.requested']),
    },
    {
      name: 'newLeadInBatches',
      what: `first page views of new leads, in batches of ${batch}`,
      counted: () => together('/'),
    },
    {
      name: 'activityInBatches',
      what: `further page views, in batches of ${batch}`,
      counted: () => together('/more'),
    },
    {
      name: 'importedRow',
      what: 'a row of an import, of somebody new with consent',
      counted: () => imported(2 * chunk),
    },
  ]
}

/** By who made them, for each of `divisor`. */
export const printCalls = (what: string, counts: readonly Count[], divisor: number): void => {
  const per = (some: readonly Count[]): string =>
    shown.format(some.reduce((sum, { count }) => sum + count, 0) / divisor)
  console.log(`\n${what}: ${per(counts)}`)
  for (const [name, own] of Map.groupBy(counts, (one) => one.function)) {
    const operations = [...Map.groupBy(own, ({ operation }) => operation)]
    const parts = operations.map(([operation, same]) => `${operation} ${per(same)}`)
    console.log(`  ${per(own).padStart(6)}  ${nameOf(name)}: ${parts.join(', ')}`)
  }
}

/** Without what makes a partition one of many: an id, a hash, a part. Each order in which people are listed has partitions of its own. */
const kindOf = ({ table, partition }: Units): string => {
  const [first = '', second] = partition.split('#')
  const kind = first === 'PEOPLE' ? `${first} ${second}` : first
  return table.includes('/') ? `${table.replace(/^.*\//, '')} ${kind}` : kind
}

const rounded = (value: number): number => Number(value.toFixed(3))

/** Sums by kind, for one of what was counted. */
const sums = <Item>(
  items: readonly Item[],
  by: (item: Item) => string,
  of: (item: Item) => number,
  each: number,
) =>
  Object.fromEntries(
    [...Map.groupBy(items, by)]
      .map(([key, same]) => [key, rounded(same.reduce((sum, one) => sum + of(one), 0) / each)] as const)
      .filter(([, value]) => value > 0)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )

interface Seen {
  readonly counts: readonly Count[]
  readonly units: readonly Units[]
  readonly events: number
}

const countedOf = ({ counts, units, events }: Seen, each: number): Counted => {
  const asked = counts.filter(
    ({ service, function: caller }) => service !== 'secretsmanager' && !isCalendar(caller),
  )
  const byCaller = [...Map.groupBy(asked, (one) => nameOf(one.function))].toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  )
  return {
    calls: Object.fromEntries(
      byCaller.map(([caller, own]) => [
        caller,
        sums(
          own,
          ({ service, operation }) => `${service} ${operation}`,
          ({ count }) => count,
          each,
        ),
      ]),
    ),
    events: rounded(events / each),
    written: sums(units, kindOf, ({ write }) => write, each),
    read: sums(units, kindOf, ({ read }) => read, each),
  }
}

/**
 * Every request that functions, rules and schedules make for one thing that happens, by who makes it, and the units of the
 * table that it takes, by kind of partition. Moves the clock. @param only one of them alone
 */
export const countCalls = async (
  client: Client,
  only?: string,
): Promise<Readonly<Record<string, Counted>>> => {
  const counted: Record<string, Counted> = {}
  /** The runner keeps the last ten thousand, and no scenario has as many. */
  const eventIds = async (): Promise<ReadonlySet<string>> =>
    new Set((await client.events()).flatMap(({ id, source }) => (source === 'aws.ses' ? [] : [id])))
  const wanted = scenariosOf(client).filter(({ name }) => only === undefined || name === only)
  for (const scenario of wanted) {
    await scenario.before?.()
    await settle(client)
    await client.raw('/_local/counts', { method: 'DELETE' })
    await client.raw('/_local/units', { method: 'POST' })
    const before = await eventIds()
    const divisor = await scenario.counted()
    await settle(client)
    const events = [...(await eventIds())].filter((id) => !before.has(id)).length
    const counts = (await (await client.raw('/_local/counts')).json()) as Count[]
    const units = (await (await client.raw('/_local/units')).json()) as Units[]
    printCalls(scenario.what, counts.filter(isCounted), divisor)
    counted[scenario.name] = countedOf({ counts, units, events }, divisor)
  }
  return counted
}
