import { readPolicies } from '../../../local/access/guard.ts'
import { evaluate, type Statement } from '../../../local/iam/evaluate.ts'
import type { StackModel } from '../../../local/template/model.ts'
import { shortName, type Use, type UsedPermission } from './calls.ts'

/** One action on one resource, with the partitions of the table that it is for. */
interface Grant {
  readonly function: string
  readonly action: string
  readonly resource: string
  /** Of the table; absent: all. */
  readonly partition?: string
  readonly statement: Statement
}

const leadingKeys = 'dynamodb:LeadingKeys'

const many = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : [value].flat()

const partitionsOf = ({ Condition = {} }: Statement): readonly string[] =>
  Object.values(Condition).flatMap((keys) => many(keys[leadingKeys] as string[] | undefined))

/** What the template lets each function do, one action at a time. */
const grantsOf = (model: StackModel): readonly Grant[] => {
  const { roles } = readPolicies(model)
  return model.ofType('AWS::Lambda::Function').flatMap(({ name, properties }) =>
    (roles.get(String(properties.Role)) ?? []).flatMap((statement) =>
      many(statement.Action).flatMap((action) =>
        many(statement.Resource).flatMap((resource) => {
          const grant = {
            function: name,
            action,
            resource,
            statement: { ...statement, Action: action, Resource: resource },
          }
          const partitions = partitionsOf(statement)
          return partitions.length === 0 ? [grant] : partitions.map((partition) => ({ ...grant, partition }))
        }),
      ),
    ),
  )
}

/** `*` stands for any text. */
const matches = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.replace(/[\\^$.|?+()[\]{}]/g, '\\$&').replaceAll('*', '.*')}$`).test(text)

/** Reads of one moment become one batch, and so do writes without a condition: which of them a moment brings, nobody can say. */
const batched: Readonly<Record<string, readonly string[]>> = {
  'dynamodb:BatchGetItem': ['dynamodb:GetItem'],
  'dynamodb:GetItem': ['dynamodb:BatchGetItem'],
  'dynamodb:BatchWriteItem': ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
}

const allows = ({ action, statement, partition }: Grant, need: UsedPermission): boolean => {
  const { resource, alternatives = [], context = {} } = need
  const isFor = partition === undefined || many(context[leadingKeys]).some((key) => matches(partition, key))
  const isOne = need.action === action || batched[action]?.includes(need.action) === true
  // The statement is asked about its own action: the one that stands for it.
  return (
    isFor &&
    isOne &&
    [resource, ...alternatives].some(
      (one) => evaluate([statement], { action, resource: one, context }) === 'allow',
    )
  )
}

const named = ({ function: fn, action, resource, partition }: Grant): string => {
  const what = resource
    .split(':')
    .slice(5)
    .join(':')
    .replace(/-[0-9a-f]{12}/g, '')
  return [shortName(fn), action, shortName(what), ...(partition === undefined ? [] : [partition])].join(' ')
}

/** What Lambda and its pollers do in the function's role, which no call of the function shows. */
const ofLambda = (model: StackModel): readonly Use[] =>
  model.ofType('AWS::Lambda::EventSourceMapping').flatMap(({ properties }) => {
    const fn = model.ofType('AWS::Lambda::Function').find(({ ref }) => ref === properties.FunctionName)
    return ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
      function: fn?.name ?? '',
      need: { action: `sqs:${action}`, resource: String(properties.EventSourceArn) },
    }))
  })

/** Permissions of functions in words: function, action, resource and partition. */
const grantsIn = (model: StackModel): readonly string[] => [...new Set(grantsOf(model).map(named))].sort()

/** Those that none of the uses needed. */
export const unusedGrants = (model: StackModel, uses: readonly Use[]): readonly string[] => {
  const byFunction = Map.groupBy([...uses, ...ofLambda(model)], (use) => use.function)
  const used = new Set(
    grantsOf(model)
      .filter((grant) => (byFunction.get(grant.function) ?? []).some(({ need }) => allows(grant, need)))
      .map(named),
  )
  return grantsIn(model).filter((grant) => !used.has(grant))
}
