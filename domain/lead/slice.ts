import type { ConditionContext } from '../condition/condition.ts'
import type { Fact } from '../model/activity.ts'
import type { Rules } from '../rules/rules.ts'

/**
 * One field of a lead's state in two forms: stored as plain JSON, and open while facts are applied. A slice declares its fields
 * once; the types of both forms follow.
 */
interface Field {
  /** @param stored undefined for a new lead. Must not be shared if mutable. */
  open(stored: unknown, rules: Rules, state: unknown): unknown
  /** @returns undefined for omitted fields. */
  close(open: unknown, rules: Rules, draft: unknown): unknown
}

export type Fields = Readonly<Record<string, Field>>

type Closed<One extends Field> = ReturnType<One['close']>
type Always<Own extends Fields, Name extends keyof Own> = undefined extends Closed<Own[Name]> ? never : Name
type Sometimes<Own extends Fields, Name extends keyof Own> =
  Closed<Own[Name]> extends undefined ? never : undefined extends Closed<Own[Name]> ? Name : never

/** Fields as they are stored. */
export type StateOf<Own extends Fields> = {
  readonly [Name in keyof Own as Always<Own, Name>]: Closed<Own[Name]>
} & {
  readonly [Name in keyof Own as Sometimes<Own, Name>]?: Exclude<Closed<Own[Name]>, undefined>
}

/** Fields as they are while facts are applied. */
export type DraftOf<Own extends Fields> = {
  -readonly [Name in keyof Own]: ReturnType<Own[Name]['open']>
}

/** Replaced, never mutated. */
export const kept = <T>(initial: T) => ({
  open: (stored: T | undefined): T => stored ?? initial,
  close: (open: T): T => open,
})

export const optional = <T>() => ({
  open: (stored: T | undefined): T | undefined => stored,
  close: (open: T | undefined): T | undefined => open,
})

export const list = <T>() => ({
  open: (stored: readonly T[] = []): T[] => [...stored],
  close: (open: readonly T[]): readonly T[] => open,
})

/** Omitted while empty; replaced, never mutated. */
export const optionalList = <T>() => ({
  open: (stored: readonly T[] = []): readonly T[] => stored,
  close: (open: readonly T[]): readonly T[] | undefined => (open.length > 0 ? open : undefined),
})

/** By name, each value in two forms. Names like `__proto__` are never accepted. */
export const mapOf = <Stored, Open>(openOne: (stored: Stored) => Open, closeOne: (open: Open) => Stored) => ({
  open: (stored: Readonly<Record<string, Stored>> = {}): Map<string, Open> => {
    const open = new Map<string, Open>()
    for (const [name, value] of Object.entries(stored)) open.set(name, openOne(value))
    return open
  },
  close: (open: ReadonlyMap<string, Open>): Readonly<Record<string, Stored>> => {
    const stored: Record<string, Stored> = {}
    for (const [name, value] of open) stored[name] = closeOne(value)
    return stored
  },
})

const same = <T>(value: T): T => value

/** By name. */
export const map = <T>() => mapOf<T, T>(same, same)

/** By name; left out while empty. */
export const optionalMap = <T>() => {
  const { open, close } = map<T>()
  return {
    open,
    close: (values: ReadonlyMap<string, T>): Readonly<Record<string, T>> | undefined =>
      values.size > 0 ? close(values) : undefined,
  }
}

/** Never stored: passes values about the current fact to later slices, or caches. */
export const transient = <T>(initial: T) => ({ open: (): T => initial, close: (): undefined => undefined })

/** The lead at one moment, as conditions see it. */
export interface MovingView extends ConditionContext {
  /** @param now ms: drops values computed for another moment. */
  moveTo(now: number): void
  attributesChanged(): void
  activity: ConditionContext['activity']
}

/** Context to advance time. */
export interface Moment<Watcher = unknown> {
  /** ms */
  readonly now: number
  readonly rules: Rules
  /** Moved by callers to other moments. */
  readonly view: MovingView
  readonly watcher: Watcher | undefined
}

/** Context to apply a fact. */
export interface Step<Watcher = unknown> extends Moment<Watcher> {
  readonly fact: Fact
  /** The view for conditions that enter stages: a recycled lead starts over. */
  readonly cycleView: MovingView
}
