import { maximumLength } from '../condition/check-expression.ts'
import type { ConditionKind } from '../condition/environment.ts'
import { mentionsOf } from '../condition/mentions.ts'
import type { ConditionFaultResult } from '../condition/type-fault.ts'
import { parsedAnyway, unknownIn } from '../condition/unknown-in.ts'
import { didYouMean } from '../did-you-mean.ts'
import type { Finding } from './checks.ts'
import type { Names } from './names.ts'
import { unknownNames } from './unknown-names.ts'

/** As many as somebody reads. */
const fewFunctions = 12

/** A name that nothing is near to was to be a text, or a function of another language. */
const remedy = (what: 'name' | 'function', name: string, known: readonly string[], rest: string): string => {
  const near = didYouMean(name, known)
  if (near !== '') return near
  if (what === 'function') return known.length <= fewFunctions ? `; there is: ${known.join(', ')}` : ''
  const written = /^[\w.-]+/.exec(rest)?.[0] ?? name
  return `; names and texts stand in quotes: "${written}"`
}

/** What is wrong with an expression that does not compile: its first fault of syntax or types, and every name in it that nothing has. */
export const faultFindings = (
  source: string,
  kind: ConditionKind,
  { message, offset, unknown }: ConditionFaultResult,
  names: Names,
): readonly Finding[] => {
  const guess = unknown === undefined ? '' : didYouMean(unknown.name, unknown.known)
  const first = { message: `${message}${guess}`, offset }
  const root = source.length > maximumLength ? undefined : parsedAnyway(source, kind)
  if (root === undefined) return [first]
  const others: readonly Finding[] = [
    ...unknownIn(root, source, kind).map(({ what, name, known, offset: at }) => ({
      message: `unknown ${what} "${name}"${remedy(what, name, known, source.slice(at))}`,
      offset: at,
    })),
    ...unknownNames(mentionsOf(root), names),
  ]
  return others.some((other) => other.offset === offset) ? others : [first, ...others]
}
