import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import {
  type ConditionContext,
  ConditionFault,
  contains,
  equal,
  isList,
  isMap,
  isWhole,
  leadFunction,
  maximumElements,
  maximumLength,
  order,
  select,
  type Value,
  withinBounds,
} from './condition.ts'
import { comprehensionOf } from './mentions.ts'
import { compilePattern } from './safe-pattern.ts'

const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })

/** `join` is the only function whose result can far exceed its input, and the only one of lists. */
const isTooLongToJoin = ([list, separator]: readonly Value[]): boolean => {
  if (!isList(list)) return false
  const between = typeof separator === 'string' ? separator.length : 0
  let length = 0
  for (const item of list) length += (typeof item === 'string' ? item.length : 0) + between
  return length > maximumLength
}

/**
 * Calls a function or operator of the standard library on computed values.
 * @returns undefined if the library refuses: wrong types, out of range, not convertible, far too long.
 */
const libraryCall = (text: string, arity: number): ((values: readonly Value[]) => Value) => {
  const program = environment.parse(text)
  const names = Array.from({ length: arity }, (_, index) => `a${index}`)
  return (values) => {
    if (values.includes(undefined) || isTooLongToJoin(values)) return undefined
    try {
      const result: unknown = program(Object.fromEntries(names.map((name, index) => [name, values[index]])))
      return typeof result === 'bigint' ? Number(result) : withinBounds(result)
    } catch {
      return undefined
    }
  }
}

/** The library expects ints as bigints. */
const compileArgument = (node: ASTNode, names: readonly string[]): Evaluate => {
  const value = compileValue(node, names)
  if (!isWhole(node)) return value
  return (context, locals) => {
    const number = value(context, locals)
    return typeof number === 'number' && Number.isSafeInteger(number) ? BigInt(number) : undefined
  }
}

const viaLibrary = (text: string, args: readonly ASTNode[], names: readonly string[]): Evaluate => {
  const call = libraryCall(text, args.length)
  const parts = args.map((arg) => compileArgument(arg, names))
  return (context, locals) => call(parts.map((part) => part(context, locals)))
}

const sizeOf = (value: Value): number | undefined => {
  if (typeof value === 'string') return [...value].length
  if (isList(value)) return value.length
  return isMap(value) ? Object.keys(value).length : undefined
}

const compileSize = (node: ASTNode, names: readonly string[]): Evaluate => {
  const value = compileValue(node, names)
  return (context, locals) => sizeOf(value(context, locals))
}

const compileHas = (node: ASTNode | undefined, names: readonly string[], offset: number): Evaluate => {
  if (node?.op !== '.')
    throw new ConditionFault('has(…) asks for an attribute, as in has(lead.company)', offset)
  const value = compileValue(node, names)
  return (context, locals) => value(context, locals) !== undefined
}

/** `name(args)`. @throws ConditionFault for invalid arguments. */
const compileCall = (
  name: string,
  args: readonly ASTNode[],
  names: readonly string[],
  offset: number,
): Evaluate => {
  const own = leadFunction(name, args, offset)
  if (own) return own
  if (name === 'has') return compileHas(args[0], names, offset)
  if (name === 'size' && args[0]) return compileSize(args[0], names)
  return viaLibrary(`${name}(${args.map((_, index) => `a${index}`).join(', ')})`, args, names)
}

const textMethods: Readonly<Record<string, (text: string, argument: string) => Value>> = {
  startsWith: (text, argument) => text.startsWith(argument),
  endsWith: (text, argument) => text.endsWith(argument),
  contains: (text, argument) => text.includes(argument),
}

const compileMatches = (
  receiver: ASTNode,
  pattern: ASTNode | undefined,
  names: readonly string[],
): Evaluate => {
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') {
    throw new ConditionFault('the pattern must be written out, in quotes', pattern?.start ?? receiver.start)
  }
  const compiled = compilePattern(pattern.args, names.length)
  if ('fault' in compiled) throw new ConditionFault(compiled.fault, pattern.start + 1)
  const value = compileValue(receiver, names)
  return (context, locals) => {
    const text = value(context, locals)
    return typeof text === 'string' ? compiled.test(text) : undefined
  }
}

/** `receiver.name(args)`. @throws ConditionFault for an invalid pattern or an unavailable method. */
const compileMethod = (
  name: string,
  receiver: ASTNode,
  args: readonly ASTNode[],
  names: readonly string[],
): Evaluate => {
  if (receiver.op === 'id' && receiver.args === 'cel') {
    throw new ConditionFault('cel.bind is not available', receiver.start)
  }
  const method = Object.hasOwn(textMethods, name) ? textMethods[name] : undefined
  if (method && args[0]) {
    const [text, argument] = [compileValue(receiver, names), compileValue(args[0], names)]
    return (context, locals) => {
      const [a, b] = [text(context, locals), argument(context, locals)]
      return typeof a === 'string' && typeof b === 'string' ? method(a, b) : undefined
    }
  }
  if (name === 'matches') return compileMatches(receiver, args[0], names)
  if (name === 'size') return compileSize(receiver, names)
  const parameters = args.map((_, index) => `a${index + 1}`).join(', ')
  return viaLibrary(`a0.${name}(${parameters})`, [receiver, ...args], names)
}

type Comprehension = NonNullable<ReturnType<typeof comprehensionOf>>

const maximumNesting = 2

/** Limit for nested comprehensions, which run once for each outer element. */
const maximumInnerElements = 100

/** @returns undefined for values without elements or with too many: this bounds the work. */
export const elementsOf = (value: Value, depth: number): readonly Value[] | undefined => {
  const elements = isList(value) ? value : isMap(value) ? Object.keys(value) : undefined
  const most = depth === 0 ? maximumElements : maximumInnerElements
  return elements === undefined || elements.length > most ? undefined : elements
}

/** `all`, `exists`, `exists_one`, `filter` and `map` over the elements of a list or the keys of a map. */
const compileComprehension = (
  { macro, over, name, body }: Comprehension,
  outer: readonly string[],
  offset: number,
): Evaluate => {
  if (outer.length >= maximumNesting) {
    throw new ConditionFault(`all, exists, filter and map may be nested ${maximumNesting} deep`, offset)
  }
  const names = [...outer, name]
  const [first, second] = body
  if (!first) throw new ConditionFault(`${macro} needs something to ask about each element`, offset)
  const elements = compileValue(over, outer)
  const test = compileTest(first, names)
  const result = macro === 'map' ? compileValue(second ?? first, names) : undefined
  return (context, locals) => {
    const list = elementsOf(elements(context, locals), outer.length)
    if (!list) return undefined
    const holds = (element: Value): boolean => test(context, [...locals, element])
    if (macro === 'all') return list.every(holds)
    if (macro === 'exists') return list.some(holds)
    if (macro === 'exists_one') return list.filter(holds).length === 1
    if (!result) return list.filter(holds)
    const mapped = (second ? list.filter(holds) : list).map((element) =>
      result(context, [...locals, element]),
    )
    return mapped.includes(undefined) ? undefined : mapped
  }
}

type Operator = '+' | '-' | '*' | '/' | '%'

/** Non-finite results (division by zero, overflow) count as missing. */
const finite = (number: number): number | undefined => (Number.isFinite(number) ? number : undefined)

/** @param whole both sides are CEL ints: division then drops the fraction. */
const calculate = (operator: Operator, whole: boolean): ((a: Value, b: Value) => Value) => {
  const numbers = (compute: (a: number, b: number) => number) => (a: Value, b: Value) =>
    typeof a === 'number' && typeof b === 'number' ? finite(compute(a, b)) : undefined
  switch (operator) {
    case '+': {
      const add = numbers((a, b) => a + b)
      return (a, b) =>
        typeof a === 'string' && typeof b === 'string'
          ? withinBounds(a + b)
          : Array.isArray(a) && Array.isArray(b)
            ? withinBounds([...a, ...b])
            : add(a, b)
    }
    case '-':
      return numbers((a, b) => a - b)
    case '*':
      return numbers((a, b) => a * b)
    case '/':
      return numbers(whole ? (a, b) => Math.trunc(a / b) : (a, b) => a / b)
    case '%':
      return numbers((a, b) => a % b)
    default: {
      const never: never = operator
      throw new Error(`no such operator: ${String(never)}`)
    }
  }
}

/**
 * A bare name: bound by a comprehension, or a variable of the contract.
 * @throws ConditionFault for the library's own names, such as types.
 */
const compileVariable = (name: string, names: readonly string[], offset: number): Evaluate => {
  const local = names.lastIndexOf(name)
  if (local >= 0) return (_, locals) => locals[local]
  switch (name) {
    case 'score':
      return (context) => context.score()
    case 'fit':
      return (context) => context.fit()
    case 'engagement':
      return (context) => context.engagement()
    case 'band':
      return (context) => context.band()
    case 'grade':
      return (context) => context.grade()
    case 'stage':
      return (context) => context.stage()
    case 'consented':
      return (context) => context.consented()
    case 'confirmed':
      return (context) => context.confirmed()
    case 'customer':
      return (context) => context.customer()
    case 'phase':
      return (context) => context.phase()
    case 'lead':
      return (context) =>
        Object.fromEntries(
          context.attributeNames().map((attribute) => [attribute, context.attribute(attribute)]),
        )
    case 'activity':
      return ({ activity }) => activity && { ...activity.properties, type: activity.type }
    default:
      throw new ConditionFault(`"${name}" is not available`, offset)
  }
}

/** `base.key` and `base["key"]`, without building all of `lead` or `activity`. */
const compileReference = (base: ASTNode, key: string | Evaluate, names: readonly string[]): Evaluate => {
  if (typeof key === 'string' && base.op === 'id' && !names.includes(base.args)) {
    if (base.args === 'lead') return (context) => context.attribute(key)
    if (base.args === 'activity') {
      if (key === 'type') return (context) => context.activity?.type
      return (context) => select(context.activity?.properties, key)
    }
  }
  const whole = compileValue(base, names)
  if (typeof key === 'string') return (context, locals) => select(whole(context, locals), key)
  return (context, locals): Value => select(whole(context, locals), key(context, locals))
}

/** Compiled part of a condition. `locals`: values bound by the enclosing comprehensions, outermost first. */
type Evaluate = (context: ConditionContext, locals: readonly Value[]) => Value
type Test = (context: ConditionContext, locals: readonly Value[]) => boolean

/** The value of a part; undefined if an operand is missing. */
export const compileValue = (node: ASTNode, names: readonly string[]): Evaluate => {
  switch (node.op) {
    case 'value': {
      const value = typeof node.args === 'bigint' ? Number(node.args) : node.args
      return () => value
    }
    case 'id':
      return compileVariable(node.args, names, node.start)
    case '.':
      return compileReference(node.args[0], node.args[1], names)
    case '[]': {
      const [base, key] = node.args
      const isText = key.op === 'value' && typeof key.args === 'string'
      return compileReference(base, isText ? key.args : compileValue(key, names), names)
    }
    case 'call':
      return compileCall(node.args[0], node.args[1], names, node.start)
    case 'rcall': {
      const comprehension = comprehensionOf(node)
      return comprehension
        ? compileComprehension(comprehension, names, node.start)
        : compileMethod(node.args[0], node.args[1], node.args[2], names)
    }
    case 'list':
      return compileList(node.args, names)
    case 'map':
      return compileMap(node.args, names)
    case '==':
    case '!=':
      return compileEquality(node.op === '==', ...compilePair(node.args, names))
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compileOrder(node.op, ...compilePair(node.args, names))
    case 'in': {
      const [item, collection] = compilePair(node.args, names)
      return (context, locals) => contains(collection(context, locals), item(context, locals))
    }
    case '+':
    case '-':
    case '*':
    case '/':
    case '%': {
      const [left, right] = compilePair(node.args, names)
      const compute = calculate(node.op, node.args.every(isWhole))
      return (context, locals) => compute(left(context, locals), right(context, locals))
    }
    case '-_':
      return compileNegation(compileValue(node.args, names))
    case '?:': {
      const test = compileTest(node.args[0], names)
      const [yes, no] = compilePair([node.args[1], node.args[2]], names)
      return (context, locals) => (test(context, locals) ? yes(context, locals) : no(context, locals))
    }
    case '&&':
    case '||':
    case '!_':
      return compileTest(node, names)
    case '.?':
    case '[?]':
      throw new ConditionFault('optional access is not available: has(…) asks', node.start)
    default: {
      const never: never = node
      throw new Error(`no such operator: ${JSON.stringify(never)}`)
    }
  }
}

/** Compiles the Boolean structure: each part between `&&`, `||`, `!` and `?:` is true or false by itself, and false without a value. */
export const compileTest = (node: ASTNode, names: readonly string[]): Test => {
  switch (node.op) {
    case '&&': {
      const [left, right] = [compileTest(node.args[0], names), compileTest(node.args[1], names)]
      return (context, locals) => left(context, locals) && right(context, locals)
    }
    case '||': {
      const [left, right] = [compileTest(node.args[0], names), compileTest(node.args[1], names)]
      return (context, locals) => left(context, locals) || right(context, locals)
    }
    case '!_': {
      const operand = compileTest(node.args, names)
      return (context, locals) => !operand(context, locals)
    }
    case '?:': {
      const [test, yes, no] = node.args.map((part) => compileTest(part, names))
      if (!test || !yes || !no) throw new Error('a choice has three parts')
      return (context, locals) => (test(context, locals) ? yes(context, locals) : no(context, locals))
    }
    default: {
      const value = compileValue(node, names)
      return (context, locals) => value(context, locals) === true
    }
  }
}

const compilePair = (pair: readonly [ASTNode, ASTNode], names: readonly string[]): [Evaluate, Evaluate] => [
  compileValue(pair[0], names),
  compileValue(pair[1], names),
]

const compileEquality =
  (wanted: boolean, left: Evaluate, right: Evaluate): Evaluate =>
  (context, locals) => {
    const same = equal(left(context, locals), right(context, locals))
    return same === undefined ? undefined : same === wanted
  }

const compileNegation =
  (operand: Evaluate): Evaluate =>
  (context, locals) => {
    const value = operand(context, locals)
    return typeof value === 'number' ? -value : undefined
  }

const compileOrder = (operator: '<' | '<=' | '>' | '>=', left: Evaluate, right: Evaluate): Evaluate => {
  const judge = {
    '<': (sign: number) => sign < 0,
    '<=': (sign: number) => sign <= 0,
    '>': (sign: number) => sign > 0,
    '>=': (sign: number) => sign >= 0,
  }[operator]
  return (context, locals) => {
    const sign = order(left(context, locals), right(context, locals))
    return sign === undefined ? undefined : judge(sign)
  }
}

const compileList = (items: readonly ASTNode[], names: readonly string[]): Evaluate => {
  const parts = items.map((item) => compileValue(item, names))
  if (items.every((item) => item.op === 'value')) {
    const list = items.map((item) => (typeof item.args === 'bigint' ? Number(item.args) : item.args))
    return () => list
  }
  return (context, locals) => {
    const list = parts.map((part) => part(context, locals))
    return list.includes(undefined) ? undefined : list
  }
}

const compileMap = (
  entries: readonly (readonly [ASTNode, ASTNode])[],
  names: readonly string[],
): Evaluate => {
  const parts = entries.map(([key, value]) => compilePair([key, value], names))
  return (context, locals) => {
    const pairs = parts.map(([key, value]) => [key(context, locals), value(context, locals)] as const)
    if (pairs.some(([key, value]) => typeof key !== 'string' || value === undefined)) return undefined
    return Object.fromEntries(pairs.map(([key, value]) => [String(key), value]))
  }
}
