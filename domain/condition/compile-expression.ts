import type { ASTNode } from '@marcbachmann/cel-js'
import { calculate } from './arithmetic.ts'
import { compileCall, compileMethod } from './compile-call.ts'
import { compileComprehension } from './compile-comprehension.ts'
import type { ConditionContext } from './condition.ts'
import { ConditionFault } from './condition-fault.ts'
import { comprehensionOf } from './mentions.ts'
import { compileReference, compileVariable } from './reference.ts'
import { contains, equal, order, type Value } from './value.ts'
import { isWhole } from './whole-number.ts'

/** Compiled part of a condition. `locals`: what the comprehensions around it have bound, outermost first. */
export type Evaluate = (context: ConditionContext, locals: readonly Value[]) => Value
export type Test = (context: ConditionContext, locals: readonly Value[]) => boolean

/** The value of a part; undefined where it needs what is not there. */
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
      const [, key] = node.args
      return compileReference(
        node.args[0],
        key.op === 'value' && typeof key.args === 'string' ? key.args : compileValue(key, names),
        names,
      )
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
    case '!=': {
      const [left, right, wanted] = [...compilePair(node.args, names), node.op === '=='] as const
      return (context, locals) => {
        const same = equal(left(context, locals), right(context, locals))
        return same === undefined ? undefined : same === wanted
      }
    }
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
      const compute = calculate(node.op, isWhole(node.args[0]) && isWhole(node.args[1]))
      return (context, locals) => compute(left(context, locals), right(context, locals))
    }
    case '-_': {
      const operand = compileValue(node.args, names)
      return (context, locals) => {
        const value = operand(context, locals)
        return typeof value === 'number' ? -value : undefined
      }
    }
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

/** Where a condition is taken apart: between `&&`, `||`, `!` and `?:` each part is true or false by itself, false if it has no value. */
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
