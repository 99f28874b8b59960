import type { ASTNode } from '@marcbachmann/cel-js'
import { compileValue, type Evaluate } from './compile-expression.ts'
import { ConditionFault } from './condition-fault.ts'
import { leadFunction } from './lead-function.ts'
import { libraryCall } from './library-call.ts'
import { compilePattern } from './safe-pattern.ts'
import { isList, isMap, type Value } from './value.ts'
import { isWhole } from './whole-number.ts'

/** The library wants ints as bigints. */
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

/** `name(args)`. @throws ConditionFault for arguments that are not right. */
export const compileCall = (
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

/** `receiver.name(args)`. @throws ConditionFault for a pattern that is not right, or a method that is not available. */
export const compileMethod = (
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
