import type { Condition } from '../iam/condition.ts'
import type { Statement } from '../iam/evaluate.ts'
import { isObject, type Json, type JsonObject, objectOf, objectsOf, textOf, textsOf } from '../json.ts'

type Principal = NonNullable<Statement['Principal']>

/** The statements of a policy document whose intrinsics are resolved. */
export function statementsOf(document: Json | undefined): Statement[] {
  return objectsOf(objectOf(document).Statement).map(statementOf)
}

function statementOf(json: JsonObject): Statement {
  const many = (key: string) => (json[key] === undefined ? {} : { [key]: textsOf(json[key]) })
  return {
    Effect: textOf(json.Effect) ?? 'Deny',
    ...many('Action'),
    ...many('NotAction'),
    ...many('Resource'),
    ...many('NotResource'),
    ...(json.Condition === undefined ? {} : { Condition: conditionOf(objectOf(json.Condition)) }),
    ...(json.Principal === undefined ? {} : { Principal: principalOf(json.Principal) }),
    ...(json.NotPrincipal === undefined ? {} : { NotPrincipal: principalOf(json.NotPrincipal) }),
  }
}

function conditionOf(json: JsonObject): Condition {
  return Object.fromEntries(
    Object.entries(json).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(objectOf(keys)).map(([key, value]) => [key, textsOf(value)])),
    ]),
  )
}

function principalOf(json: Json): Principal {
  if (!isObject(json)) return '*'
  return Object.fromEntries(Object.entries(json).map(([kind, value]) => [kind, textsOf(value)]))
}
