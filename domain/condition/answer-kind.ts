import type { ASTNode } from '@marcbachmann/cel-js'
import { environments } from './environment.ts'

/** What comes of a part that is asked for true or false: one of the two, surely neither, or what only a lead can show. */
export type AnswerKind = 'boolean' | 'other' | 'unknown'

const { functions, variables } = environments.activity.getDefinitions()

/** Methods by `.name`, functions by `name`: what each of their overloads gives. */
const results = Map.groupBy(
  functions,
  ({ name, receiverType }) => `${receiverType === null ? '' : '.'}${name}`,
)
const variableTypes = new Map(variables.map(({ name, type }) => [name, type]))

const ofType = (type: string | undefined): AnswerKind =>
  type === 'bool' ? 'boolean' : type === undefined || type === 'dyn' ? 'unknown' : 'other'

const ofFunction = (key: string): AnswerKind => {
  const [first, ...others] = new Set((results.get(key) ?? []).map(({ returnType }) => ofType(returnType)))
  return first === undefined || others.length > 0 ? 'unknown' : first
}

/** @param node of a condition whose names are known; what a comprehension binds counts as unknown. */
export const answerKind = (node: ASTNode): AnswerKind => {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'boolean' ? 'boolean' : 'other'
    case 'id':
      return ofType(variableTypes.get(node.args))
    case '.':
    case '.?':
    case '[]':
    case '[?]':
      return 'unknown'
    case 'call':
      return ofFunction(node.args[0])
    case 'rcall':
      return ofFunction(`.${node.args[0]}`)
    case '?:': {
      const kinds = new Set([answerKind(node.args[1]), answerKind(node.args[2])])
      return kinds.has('other') ? 'other' : kinds.has('unknown') ? 'unknown' : 'boolean'
    }
    case '&&':
    case '||':
    case '!_':
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
      return 'boolean'
    case 'list':
    case 'map':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '-_':
      return 'other'
    default:
      return node satisfies never
  }
}

/** Names of all functions, the library's own among them. */
export const functionNamesKnown: readonly string[] = [
  ...new Set(functions.flatMap(({ name, receiverType }) => (receiverType === null ? [name] : []))),
]

/** Names of the methods that values have. */
export const methodNames: readonly string[] = [
  ...new Set(functions.flatMap(({ name, receiverType }) => (receiverType === null ? [] : [name]))),
]
