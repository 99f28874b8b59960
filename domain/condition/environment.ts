import { Environment } from '@marcbachmann/cel-js'

/** A condition for one lead, for one of its activities too (`where`), or for what a program outside reports (`templates/hooks`). */
export type ConditionKind = 'lead' | 'activity' | 'event'

/** What a mapping of `templates/hooks` sees: one reported event, and all that came with it. */
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

/** Whether numbers of both kinds may stand on either side; CEL itself compares them, but does not compute with them. */
const mixed = ['+', '-', '*', '/', '%'].flatMap((operator) => [
  `double ${operator} int: double`,
  `int ${operator} double: double`,
])

/** Stands for `int == double` and both of `!=` too. */
const completing = ['double == int: bool', 'double % double: double']

/** CEL is only parsed and type-checked by the library; `compileExpression` runs it. */
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

/** Names that can stand alone in a condition. */
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
