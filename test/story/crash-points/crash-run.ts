import type { Client } from '../client.ts'

/** A permission that a call needed. */
export interface UsedPermission {
  readonly action: string
  readonly resource: string
  readonly alternatives?: readonly string[]
  readonly context?: Readonly<Record<string, string | readonly string[]>>
}

/** A call that a function made, as the runner recorded it. */
export interface RecordedCall {
  readonly function: string
  readonly service: string
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  readonly needs: readonly UsedPermission[]
  readonly crashed: boolean
}

/** One thing that happens, and what has to be there before. Everybody and everything in it is called by a key of its own. */
export interface Scenario {
  readonly what: string
  /** What has happened to all of them before. */
  readonly before?: (keys: readonly string[]) => Promise<void>
  /** What happens to one of them right before, by itself: nothing of it crashes. */
  readonly ready?: (key: string) => Promise<void>
  /** What happens, and crashes. It ends at rest. */
  readonly act: (key: string) => Promise<void>
  /** What has become of it: the same for each key, whatever crashed. */
  readonly state: (key: string) => Promise<unknown>
  /** Ends what would go on beside the others. */
  readonly after?: (key: string) => Promise<unknown>
}

/** A call within a scenario: the so-manieth of its kind that its function makes. */
export interface CrashPoint {
  readonly function: string
  readonly service: string
  readonly operation: string
  readonly nth: number
  /** What the call is about. */
  readonly about: string
}

export type When = 'before' | 'after'

/** What came of one crash. */
export interface CrashRun {
  readonly scenario: string
  readonly point: CrashPoint
  readonly when: When
  readonly outcome: 'repaired' | 'not reached' | { readonly state: unknown; readonly expected: unknown }
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const record = (value: unknown): Readonly<Record<string, unknown>> => Object(value)

/** Ids, hashes and times are different in each run. */
const kindOf = (key: string): string =>
  key
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '')
    .split('#')
    .filter((part) => /^[A-Z]+$/.test(part))
    .join('#')

const itemKeys = (operation: string, input: RecordedCall['input']): readonly string[] => {
  const text = (attribute: unknown): string => String(record(attribute).S ?? '')
  const keyOf = (item: unknown): string => {
    const { pk, sk } = record(item)
    return [kindOf(text(pk)), kindOf(text(sk))].filter(Boolean).join(' ')
  }
  const all = Object.values(record(input.RequestItems))
  switch (operation) {
    case 'PutItem':
      return [keyOf(input.Item)]
    case 'BatchGetItem':
      return all.flatMap((one) => list(record(one).Keys).map(keyOf))
    case 'BatchWriteItem':
      return all
        .flatMap(list)
        .map((one) => keyOf(record(record(one).PutRequest).Item ?? record(record(one).DeleteRequest).Key))
    case 'Query':
      return [
        Object.values(record(input.ExpressionAttributeValues))
          .map((value) => kindOf(text(value)))
          .filter(Boolean)
          .join(' '),
      ]
    default:
      return [keyOf(input.Key)]
  }
}

const nameIn = (arn: unknown): string => String(arn).split(/[:/]/).at(-1) ?? ''

/** Without the stack and what CloudFormation appends. */
export const shortName = (name: string): string =>
  name.replace(/^\w+?-/, '').replace(/(Function|Queue|Group)?[0-9A-F]{8}(-\w+)?$/, '')

/** What a call is about: the kinds of items, the types of events, the queue. */
const aboutOf = ({ service, operation, input }: RecordedCall): string => {
  switch (service) {
    case 'dynamodb':
      return [...new Set(itemKeys(operation, input))].sort().join(', ')
    case 'events':
      return [...new Set(list(input.Entries).map((entry) => String(record(entry).DetailType)))]
        .sort()
        .join(', ')
    case 'sqs':
      return shortName(nameIn(input.QueueUrl))
    case 's3':
      return String(input.Key ?? input.Prefix ?? '').split('/')[0] ?? ''
    case 'lambda':
      return shortName(nameIn(input.FunctionName))
    default:
      return ''
  }
}

/** The calls of a scenario as places where a process may end: each call of each function. */
const pointsOf = (calls: readonly RecordedCall[]): readonly CrashPoint[] => {
  const met = new Map<string, number>()
  return calls.map((call) => {
    const kind = [call.function, call.service, call.operation].join(' ')
    const nth = (met.get(kind) ?? 0) + 1
    met.set(kind, nth)
    return {
      function: call.function,
      service: call.service,
      operation: call.operation,
      nth,
      about: aboutOf(call),
    }
  })
}

/** What calls have in common that are made in the same place, as far as can be told from outside. */
const kindOfPoint = (point: CrashPoint): string => [point.function, point.operation, point.about].join(' ')

/** A sender's claim runs out after a quarter of an hour. Everything else comes again by itself. */
const leaseOfClaim = '16m'

export const crashRunner = (client: Client) => {
  let keys = 0
  /** A word of its own, and no part of another. */
  const newKey = (): string => {
    keys += 1
    return `k${String(keys).padStart(5, '0')}x`
  }
  const clear = async (path: string): Promise<void> => {
    await client.raw(path, { method: 'DELETE' })
  }
  const recorded = async (work: () => Promise<void>): Promise<readonly RecordedCall[]> => {
    await client.raw('/_local/calls', { method: 'POST' })
    await work()
    const calls: readonly RecordedCall[] = JSON.parse(await (await client.raw('/_local/calls')).text())
    await clear('/_local/calls')
    return calls
  }
  /** @returns the calls, and what has become of it in the end. */
  const run = async (scenario: Scenario, key: string, point?: CrashPoint, when?: When) => {
    await scenario.ready?.(key)
    await Promise.all([clear('/_local/inbox'), clear('/_local/events')])
    if (point) {
      const { about: _, ...call } = point
      await client.faults({ ...call, error: when === 'before' ? 'CrashBefore' : 'CrashAfter' })
    }
    const calls = await recorded(() => scenario.act(key))
    if (point) await client.faults()
    if (point && shortName(point.function) === 'Send') await client.advance(leaseOfClaim)
    const state = await scenario.state(key)
    await scenario.after?.(key)
    return { calls, state, reached: calls.some(({ crashed }) => crashed) }
  }

  /** A function that is warm makes other calls than one that has just begun: where it went the other way, the next one is as wanted. */
  const attempt = async (scenario: Scenario, subject: string, point: CrashPoint, when: When) => {
    const came = await run(scenario, subject, point, when)
    if (came.reached) return came
    const next = async (): Promise<string> => {
      const key = newKey()
      await scenario.before?.([key])
      await client.settle()
      return key
    }
    const warm = await run(scenario, await next(), point, when)
    if (warm.reached) return warm
    const { function: cooled } = point
    await client.faults({ function: cooled, error: 'CrashBefore', nth: 1 })
    await scenario.act(await next())
    await client.faults()
    return run(scenario, await next(), point, when)
  }

  /**
   * Each call of a scenario crashes before and after it was made, each time for somebody new.
   * @param tried kinds of calls that need not be tried any more: those of this scenario are added.
   */
  const runScenario = async (scenario: Scenario, tried = new Set<string>()) => {
    const newKeys = (count: number) => Array.from({ length: count }, () => newKey())
    // Functions that are warm make other calls than those that have just begun: the second is as all others will be.
    const references = newKeys(2)
    await scenario.before?.(references)
    await client.settle()
    const [warm, whole] = [await run(scenario, references[0] ?? ''), await run(scenario, references[1] ?? '')]
    const points = pointsOf(whole.calls).filter((point) => {
      const kind = kindOfPoint(point)
      const isNew = !tried.has(kind)
      tried.add(kind)
      return isNew
    })
    const tries = points.flatMap((point) => (['before', 'after'] as const).map((when) => ({ point, when })))
    const subjects = newKeys(tries.length)
    await scenario.before?.(subjects)
    await client.settle()
    const permissions: RecordedCall[] = [...warm.calls, ...whole.calls]
    const runs: CrashRun[] = []
    for (const [index, { point, when }] of tries.entries()) {
      const subject = subjects[index] ?? ''
      const came = await attempt(scenario, subject, point, when)
      permissions.push(...came.calls)
      const outcome = !came.reached
        ? ('not reached' as const)
        : JSON.stringify(came.state) === JSON.stringify(whole.state)
          ? ('repaired' as const)
          : { state: came.state, expected: whole.state }
      // Another scenario may get there.
      if (!came.reached) tried.delete(kindOfPoint(point))
      runs.push({ scenario: scenario.what, point, when, outcome })
    }
    return { warm: warm.state, whole: whole.state, calls: permissions, runs }
  }
  return { runScenario, newKey }
}
