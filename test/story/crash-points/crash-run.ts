import type { Client } from '../client.ts'
import { type CallKind, kindOf, type RecordedCall, shortName, type Use, usesOf, wordsOf } from './calls.ts'

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
  readonly state: (key: string, crashes: readonly Crash[]) => Promise<unknown>
  /** Ends what would go on beside the others. */
  readonly after?: (key: string) => Promise<unknown>
}

/** A call within a scenario: the so-manieth of its operation that its function makes. */
export interface CrashPoint extends CallKind {
  readonly nth: number
}

type When = 'before' | 'after'

export interface Crash {
  readonly point: CrashPoint
  readonly when: When
}

/** What came of one crash. */
export interface CrashRun extends Crash {
  readonly scenario: string
  readonly outcome: 'repaired' | 'not reached' | { readonly state: unknown; readonly expected: unknown }
}

/** The calls of a scenario as places where a process may end: the first of each kind. */
const pointsOf = (calls: readonly RecordedCall[]): readonly CrashPoint[] => {
  const met = new Map<string, number>()
  const points = calls.map((call) => {
    const counted = [call.function, call.service, call.operation].join(' ')
    const nth = (met.get(counted) ?? 0) + 1
    met.set(counted, nth)
    return { ...kindOf(call), nth }
  })
  return points.filter((point, index) => points.findIndex((one) => wordsOf(one) === wordsOf(point)) === index)
}

/** Of the same function and operation, about some of the same: what is asked for in one batch differs with what is known already. */
const isLike = (one: CallKind, other: CallKind): boolean =>
  one.function === other.function &&
  one.service === other.service &&
  one.operation === other.operation &&
  (one.about.length === 0 || one.about.some((word) => other.about.includes(word)))

/** Each function ends once in a round: what one of them leaves behind is no other's. */
const roundsOf = (crashes: readonly Crash[]): readonly (readonly Crash[])[] => {
  const byFunction = [...Map.groupBy(crashes, ({ point }) => point.function).values()]
  const most = Math.max(0, ...byFunction.map((own) => own.length))
  return Array.from({ length: most }, (_, round) => byFunction.flatMap((own) => own[round] ?? []))
}

/** They change nothing: before and after one of them, all is the same. */
const isRead = ({ operation }: CallKind): boolean => /^(Batch)?Get|^Query$|^List|^Head/.test(operation)

const crashesAt = (point: CrashPoint): readonly Crash[] =>
  (isRead(point) ? (['after'] as const) : (['before', 'after'] as const)).map((when) => ({ point, when }))

/** A sender's claim runs out after a quarter of an hour. Everything else comes again by itself. */
const leaseOfClaim = '16m'

/** What came of a scenario. */
export interface ScenarioResult {
  readonly runs: readonly CrashRun[]
  readonly uses: readonly Use[]
}

interface Came {
  readonly calls: readonly RecordedCall[]
  readonly state: unknown
}

interface Asked {
  readonly crashes?: readonly Crash[]
  /** The function has ended right before, and begins anew. */
  readonly isCold?: boolean
}

const faultOf = ({ point: { about: _, ...call }, when }: Crash) => ({
  ...call,
  error: when === 'before' ? 'CrashBefore' : 'CrashAfter',
})

/** Whether the call ended its function that was to. @param nth of the ends of this function in the run */
const isReached = ({ calls }: Came, { point }: Crash, nth = 0): boolean => {
  const ended = calls.filter((call) => call.crashed && call.function === point.function)[nth]
  return ended !== undefined && isLike(kindOf(ended), point)
}

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
  const prepare = async (scenario: Scenario, count: number): Promise<readonly string[]> => {
    const made = Array.from({ length: count }, () => newKey())
    if (count > 0) await scenario.before?.(made)
    await client.settle()
    return made
  }
  /** @returns the calls, and what has become of it in the end. */
  const run = async (
    scenario: Scenario,
    key: string,
    { crashes = [], isCold = false }: Asked = {},
  ): Promise<Came> => {
    await scenario.ready?.(key)
    await Promise.all([clear('/_local/inbox'), clear('/_local/events')])
    for (const crash of crashes) {
      if (isCold) await client.faults({ function: crash.point.function, error: 'CrashBefore', nth: 1 })
      await client.faults(faultOf(crash))
    }
    let failure: string | undefined
    const act = () =>
      scenario.act(key).catch((error: unknown) => {
        if (crashes.length === 0) throw error
        failure = String(error)
      })
    const calls = await recorded(act).finally(() => client.faults())
    if (crashes.some(({ point }) => shortName(point.function) === 'Send')) await client.advance(leaseOfClaim)
    const state = failure ?? (await scenario.state(key, crashes))
    await scenario.after?.(key)
    return { calls, state }
  }

  /**
   * One crash by itself. What a function knows already it does not ask for, and answers come in any order: where the run went
   * another way than the one that was recorded, the call is looked for beside, and then in a function that has just begun.
   */
  const alone = async (scenario: Scenario, crash: Crash, isOfCold: boolean) => {
    const { point, when } = crash
    const calls: RecordedCall[] = []
    const attempt = async (nth: number, isCold: boolean): Promise<Came | undefined> => {
      const [key = ''] = await prepare(scenario, 1)
      const asked = { ...crash, point: { ...point, nth } }
      const came = await run(scenario, key, { crashes: [asked], isCold })
      calls.push(...came.calls)
      return isReached(came, crash, isCold ? 1 : 0) ? came : undefined
    }
    const found = () => pointsOf(calls).find((one) => isLike(one, point))?.nth ?? point.nth
    const beside = when === 'after' ? [point.nth + 1, point.nth - 1].filter((nth) => nth > 0) : []
    const cold = () => attempt(point.nth, true)
    const warm = [() => attempt(point.nth, false), () => attempt(found(), false)]
    const tries = isOfCold ? [cold] : [...warm, ...beside.map((nth) => () => attempt(nth, false)), cold]
    let reached: Came | undefined
    for (const one of tries) reached ??= await one()
    return { calls, reached }
  }

  /**
   * Each kind of call of a scenario crashes before and after it was made, each time for somebody new, and in rounds: each function
   * of the scenario ends once in each of them. What differs then, or was not reached, is tried by itself.
   * @param tried kinds of calls that need not be tried any more: those of this scenario are added.
   */
  const runScenario = async (scenario: Scenario, tried: Set<string>): Promise<ScenarioResult> => {
    // Functions that are warm make other calls than those that have just begun: the second is as all others will be.
    const [first = '', second = ''] = await prepare(scenario, 2)
    const [cold, whole] = [await run(scenario, first), await run(scenario, second)]
    const newPoints = (came: Came) =>
      pointsOf(came.calls).filter((point) => {
        const isNew = !tried.has(wordsOf(point))
        tried.add(wordsOf(point))
        return isNew
      })
    const rounds = roundsOf(newPoints(whole).flatMap(crashesAt))
    const ofCold = newPoints(cold).flatMap(crashesAt)
    const subjects = await prepare(scenario, rounds.length)
    const [runs, left]: [CrashRun[], Crash[]] = [[], []]
    const calls = [...cold.calls, ...whole.calls]
    const expected = JSON.stringify(whole.state)
    const outcomeOf = ({ state }: Came) =>
      JSON.stringify(state) === expected ? ('repaired' as const) : { state, expected: whole.state }
    const note = (crash: Crash, outcome: CrashRun['outcome']) =>
      runs.push({ scenario: scenario.what, ...crash, outcome })
    for (const [index, crashes] of rounds.entries()) {
      const came = await run(scenario, subjects[index] ?? '', { crashes })
      calls.push(...came.calls)
      const isRepaired = outcomeOf(came) === 'repaired'
      for (const crash of crashes)
        if (isRepaired && isReached(came, crash)) note(crash, 'repaired')
        else left.push(crash)
    }
    for (const crash of [...left, ...ofCold]) {
      const came = await alone(scenario, crash, ofCold.includes(crash))
      calls.push(...came.calls)
      note(crash, came.reached ? outcomeOf(came.reached) : 'not reached')
      // Another scenario may get there.
      if (!came.reached) tried.delete(wordsOf(crash.point))
    }
    return { runs, uses: usesOf(calls) }
  }
  return { runScenario, newKey }
}
