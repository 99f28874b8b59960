import type { ASTNode } from '@marcbachmann/cel-js'
import { phaseRank, type SalesPhase, type StageId, salesPhases, stageIds, stageRank } from '../model/deal.ts'
import type { Json } from '../model/json.ts'
import { parseDuration } from '../time/local-time.ts'

/** What a condition can read of a lead at one moment. Durations and instants are milliseconds. */
export interface ConditionContext {
  /** @returns undefined if the lead lacks the attribute. */
  attribute(name: string): Json | undefined
  attributeNames(): readonly string[]
  /** Undefined for fit rules: they cannot depend on the score that they produce. */
  score(): number | undefined
  fit(): number | undefined
  engagement(): number | undefined
  band(): string | undefined
  grade(): string | undefined
  stage(): StageId
  consented(): boolean
  /** Whether the owner of the mailbox has confirmed the address. */
  confirmed(): boolean
  /** Whether any deal was won. */
  customer(): boolean
  /** Phase of the latest deal; empty without one. */
  phase(): SalesPhase | ''
  did(type: string, within?: number): boolean
  count(type: string, within?: number): number
  /** @returns decimal days since the last activity of that type; undefined if there was none. */
  daysSince(type: string): number | undefined
  opened(email: string): boolean
  clicked(email: string): boolean
  /** The current activity, only in `where`: its properties and, as `activity.type`, its type. */
  readonly activity?:
    | { readonly type: string; readonly properties: Readonly<Record<string, Json>> }
    | undefined
}

/** A name in a condition, with the offset of its first character in the source. */
export interface Mention {
  readonly name: string
  readonly offset: number
}

/** All names that a condition mentions. */
export interface Mentions {
  /** Variables: `lead`, `activity`, `score`, `stage`, … */
  readonly variables: readonly Mention[]
  /** Names after `lead.`. */
  readonly attributes: readonly Mention[]
  /** Names after `activity.`. */
  readonly properties: readonly Mention[]
  /** Activity types; `within` is the window in milliseconds, if any. */
  readonly types: readonly (Mention & { readonly within?: number })[]
  readonly emails: readonly Mention[]
  /** Values compared with `stage`, `phase`, `band` and `grade`, and arguments of `stageAtLeast` and `phaseAtLeast`. */
  readonly stages: readonly Mention[]
  readonly phases: readonly Mention[]
  readonly bands: readonly Mention[]
  readonly grades: readonly Mention[]
}

/** A compiled condition. Made by `compileCondition`. */
export interface Condition {
  readonly source: string
  readonly mentions: Mentions
  /** Present if the answer is the same for every lead. */
  readonly constant?: boolean
  /** Whether it contains a negation (`!` or `!=`), which may turn a part that cannot be evaluated into true. */
  readonly negates: boolean
  readonly test: (context: ConditionContext) => boolean
}

/** Evaluates a condition; parts with missing operands are false. */
export const holds = (condition: Condition, context: ConditionContext): boolean => condition.test(context)

/** A compile error with its position; `compileCondition` catches it and returns it as a value. */
export class ConditionFault extends Error {
  override readonly name = 'ConditionFault'
  readonly offset: number
  readonly unknown: UnknownName | undefined

  constructor(message: string, offset: number, unknown?: UnknownName) {
    super(message)
    this.offset = offset
    this.unknown = unknown
  }
}

/** An unknown name, and the valid ones. */
export interface UnknownName {
  readonly name: string
  readonly known: readonly string[]
}

/** Value of a part: JSON, or one of the library's types (timestamps, durations); undefined if missing. */
export type Value = unknown

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

/** Limit of computed texts and lists; inputs are far shorter. */
export const maximumLength = 65_536

/** @returns undefined for a text or list that is too long, and for NaN. */
export const withinBounds = (value: Value): Value => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return (typeof value === 'string' || isList(value)) && value.length > maximumLength ? undefined : value
}

/** Limit of elements to iterate over; external lists rarely have more. */
export const maximumElements = 1000

export const isMap = (value: Value): value is Readonly<Record<string, Value>> => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** @returns the value under `key`, if any. */
export const select = (value: Value, key: Value): Value => {
  if (typeof key === 'string') return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined
  if (typeof key === 'number') return isList(value) ? value[key] : undefined
  return undefined
}

const isSimple = (value: Value): boolean =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** @returns undefined if the types cannot be equal: then both `==` and `!=` are false. */
export const equal = (a: Value, b: Value): boolean | undefined => {
  if (a === undefined || b === undefined) return undefined
  if (a === null || b === null) return a === b
  if (isSimple(a) || isSimple(b)) return typeof a === typeof b ? a === b : undefined
  if (isList(a) && isList(b)) {
    return a.length === b.length && a.every((item, index) => equal(item, b[index]) === true)
  }
  if (isMap(a) && isMap(b)) {
    const keys = Object.keys(a)
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]) === true)
    )
  }
  return a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : undefined
}

/** @returns a negative number, zero or a positive one; undefined if the values are not comparable. */
export const order = (a: Value, b: Value): number | undefined => {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime()
  return undefined
}

/** @returns whether `item` is an element of a list or a key of a map; undefined if the list is too long. */
export const contains = (collection: Value, item: Value): boolean | undefined => {
  if (item === undefined) return undefined
  if (isList(collection)) {
    if (collection.length > maximumElements) return undefined
    for (const element of collection) if (equal(element, item) === true) return true
    return false
  }
  if (isMap(collection)) return typeof item === 'string' && Object.hasOwn(collection, item)
  return undefined
}

/** The type of a value in words for authors of conditions; never the value itself. */
export const kindOf = (value: Value): string => {
  switch (typeof value) {
    case 'string':
      return 'a text'
    case 'number':
      return 'a number'
    case 'boolean':
      return 'true or false'
    case 'undefined':
      return 'missing'
    default:
      if (value === null) return 'empty'
      if (isList(value)) return 'a list'
      if (isMap(value)) return 'an object'
      return value instanceof Date ? 'a time' : 'a value of another kind'
  }
}

const literal = (node: ASTNode | undefined, what: string, offset: number): string => {
  if (node?.op === 'value' && typeof node.args === 'string') return node.args
  throw new ConditionFault(`${what} must be written out, in quotes`, node?.start ?? offset)
}

/** @returns milliseconds; undefined without a window. */
const windowOf = (node: ASTNode | undefined): number | undefined => {
  if (!node) return undefined
  const text = literal(node, 'the duration', node.start)
  const duration = parseDuration(text)
  if (duration === undefined) {
    throw new ConditionFault(`"${text}" is not a duration: write 90m, 4h, 3d or 2w`, node.start + 1)
  }
  return duration
}

const oneOf = <Name extends string>(
  what: string,
  known: readonly Name[],
  node: ASTNode | undefined,
  offset: number,
): Name => {
  const text = literal(node, `the ${what}`, offset)
  const name = known.find((one) => one === text)
  if (name !== undefined) return name
  throw new ConditionFault(`unknown ${what} "${text}"`, (node?.start ?? offset) + 1, { name: text, known })
}

/** A call of a built-in function; undefined when `name` is none of them. @throws ConditionFault for an argument that is not right. */
export const leadFunction = (
  name: string,
  args: readonly ASTNode[],
  offset: number,
): ((context: ConditionContext) => Value) | undefined => {
  switch (name) {
    case 'stageAtLeast': {
      const rank = stageRank(oneOf('stage', stageIds, args[0], offset))
      return (context) => stageRank(context.stage()) >= rank
    }
    case 'phaseAtLeast': {
      const rank = phaseRank(oneOf('sales phase', salesPhases, args[0], offset))
      return (context) => {
        const phase = context.phase()
        return phase !== '' && phaseRank(phase) >= rank
      }
    }
    case 'did': {
      const [type, within] = [literal(args[0], 'the activity type', offset), windowOf(args[1])]
      return (context) => context.did(type, within)
    }
    case 'count': {
      const [type, within] = [literal(args[0], 'the activity type', offset), windowOf(args[1])]
      return (context) => context.count(type, within)
    }
    case 'daysSince': {
      const type = literal(args[0], 'the activity type', offset)
      return (context) => context.daysSince(type)
    }
    case 'opened': {
      const email = literal(args[0], 'the email', offset)
      return (context) => context.opened(email)
    }
    case 'clicked': {
      const email = literal(args[0], 'the email', offset)
      return (context) => context.clicked(email)
    }
    default:
      return undefined
  }
}

const wholeFunctions = ['count', 'size', 'int', 'indexOf', 'lastIndexOf']

/** Whether a part is a CEL int: attributes and properties are JSON numbers, thus doubles. */
export const isWhole = (node: ASTNode): boolean => {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'bigint'
    case '-_':
      return isWhole(node.args)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return isWhole(node.args[0]) && isWhole(node.args[1])
    case 'call':
    case 'rcall':
      return wholeFunctions.includes(node.args[0]) || /^get[A-Z]/.test(node.args[0])
    default:
      return false
  }
}
