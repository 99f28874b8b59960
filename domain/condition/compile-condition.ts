import type { ASTNode } from '@marcbachmann/cel-js'
import { compileTest } from './compile-expression.ts'
import type { Condition } from './condition.ts'
import { ConditionFault, type UnknownName } from './condition-fault.ts'
import { constantOf } from './constant.ts'
import { type ConditionKind, environments, functionNames, variableNames } from './environment.ts'
import { mentionsOf } from './mentions.ts'

/** Why `source` is not a condition: `offset` counts UTF-16 units from its start; `unknown` names what nothing has. */
export interface ConditionFaultResult {
  readonly type: 'fault'
  readonly message: string
  readonly offset: number
  readonly unknown?: UnknownName
}

const maximumLength = 4000

/** Parses and type-checks CEL source text, and compiles it into functions that run without throwing. */
export const compileCondition = (
  source: string,
  kind: ConditionKind,
): { readonly type: 'condition'; readonly condition: Condition } | ConditionFaultResult => {
  if (source.trim() === '') return { type: 'fault', message: 'the condition is empty', offset: 0 }
  if (source.length > maximumLength) {
    return { type: 'fault', message: `longer than ${maximumLength} characters`, offset: maximumLength }
  }
  try {
    const checked = check(source, kind)
    if ('type' in checked) return checked
    const { ast } = checked
    const mentions = mentionsOf(ast)
    const test = compileTest(ast, [])
    const constant = constantOf(ast)
    return {
      type: 'condition',
      condition: {
        source,
        mentions,
        test: (context) => test(context, none),
        ...(constant === undefined ? {} : { constant }),
      },
    }
  } catch (error) {
    if (!(error instanceof ConditionFault)) throw error
    const { message, offset, unknown } = error
    return { type: 'fault', message, offset, ...(unknown ? { unknown } : {}) }
  }
}

const none: readonly never[] = []

const check = (source: string, kind: ConditionKind): { readonly ast: ASTNode } | ConditionFaultResult => {
  const environment = environments[kind]
  const result = environment.check(source)
  if (!result.valid || result.error) {
    const { error } = result
    return faultOf(
      error?.code ?? '',
      error?.summary ?? 'not a condition',
      error?.range?.start ?? 0,
      source,
      kind,
    )
  }
  if (result.type !== 'bool' && result.type !== 'dyn') {
    return {
      type: 'fault',
      message: `a condition is true or false; this is ${result.type ?? 'neither'}`,
      offset: 0,
    }
  }
  return { ast: environment.parse(source).ast }
}

const faultOf = (
  code: string,
  message: string,
  offset: number,
  source: string,
  kind: ConditionKind,
): ConditionFaultResult => {
  const name = /^[A-Za-z_]\w*/.exec(source.slice(offset))?.[0]
  if (code === 'unknown_variable' && name) {
    const known = variableNames(kind)
    return { type: 'fault', message: `unknown name "${name}"`, offset, unknown: { name, known } }
  }
  const called = /^found no matching overload for '(\w+)\(/.exec(message)?.[1]
  if (called && called === name && !functionNames.includes(called)) {
    return {
      type: 'fault',
      message: `unknown function "${called}"`,
      offset,
      unknown: { name: called, known: [...functionNames, 'has', 'size'] },
    }
  }
  return { type: 'fault', message, offset }
}
