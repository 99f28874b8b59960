import { Environment } from '@marcbachmann/cel-js'

/** A condition on a lead, on one of its activities (`where`), or on an external event (`templates/hooks`). */
export type ConditionKind = 'lead' | 'activity' | 'event'

/** Variables of `templates/hooks`: one reported event, and the whole body. */
export const eventVariables = ['event', 'body'] as const

const numberVariables = ['score', 'fit', 'engagement'] as const

const textVariables = ['band', 'grade', 'stage', 'phase'] as const

export const flagVariables = ['consented', 'confirmed', 'customer'] as const

const functions = [
  'stageAtLeast(string): bool',
  'phaseAtLeast(string): bool',
  'did(string): bool',
  'did(string, string): bool',
  'count(string): int',
  'count(string, string): int',
  'daysSince(string): double',
  'opened(string): bool',
  'clicked(string): bool',
] as const

export const functionNames: readonly string[] = [
  ...new Set(functions.map((text) => text.replace(/\(.*/, ''))),
]

/** Arithmetic overloads for mixed number types: CEL compares them, but does not calculate with them. */
const mixed = ['+', '-', '*', '/', '%'].flatMap((operator) => [
  `double ${operator} int: double`,
  `int ${operator} double: double`,
])

/** Covers `int == double` and `!=` too. */
const completing = ['double == int: bool', 'double % double: double']

/** The library only parses and type-checks; `compileExpression` evaluates. */
const notRun = (): never => {
  throw new Error('conditions are evaluated by compileExpression')
}

const limits = {
  maxAstNodes: 2000,
  maxDepth: 40,
  maxListElements: 500,
  maxMapEntries: 50,
  maxCallArguments: 8,
}

const environmentOf = (kind: ConditionKind): Environment => {
  const environment = new Environment({ homogeneousAggregateLiterals: false, limits })
  for (const signature of [...mixed, ...completing]) environment.registerOperator(signature, notRun)
  if (kind === 'event') {
    for (const name of eventVariables) environment.registerVariable(name, 'dyn')
    return environment
  }
  environment.registerVariable('lead', 'map<string, dyn>')
  if (kind === 'activity') environment.registerVariable('activity', 'map<string, dyn>')
  for (const name of numberVariables) environment.registerVariable(name, 'double')
  for (const name of textVariables) environment.registerVariable(name, 'string')
  for (const name of flagVariables) environment.registerVariable(name, 'bool')
  for (const signature of functions) environment.registerFunction(signature, notRun)
  return environment
}

export const environments: Readonly<Record<ConditionKind, Environment>> = {
  lead: environmentOf('lead'),
  activity: environmentOf('activity'),
  event: environmentOf('event'),
}

/** Variables of a condition. */
export const variableNames = (kind: ConditionKind): readonly string[] =>
  kind === 'event'
    ? eventVariables
    : [
        'lead',
        ...(kind === 'activity' ? ['activity'] : []),
        ...numberVariables,
        ...textVariables,
        ...flagVariables,
      ]
