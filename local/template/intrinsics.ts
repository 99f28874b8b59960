import { isObject, type Json, type JsonObject, listOf, objectOf, textOf, textsOf } from '../json.ts'

/** What a template's functions look things up in. Each throws with a clear message where a name is unknown. */
export interface Scope {
  ref(logicalId: string): Json | undefined
  attribute(logicalId: string, attribute: string): Json
  condition(name: string): boolean
  imported(exportName: string): Json
  mapping(map: string, first: string, second: string): Json
}

/** The value with every intrinsic function replaced; `AWS::NoValue` removes the property or element. */
export function resolveValue(value: Json | undefined, scope: Scope): Json | undefined {
  if (Array.isArray(value)) return value.flatMap((one) => resolveValue(one, scope) ?? [])
  if (!isObject(value)) return value
  const [key, ...others] = Object.keys(value)
  if (key !== undefined && others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) {
    return callFunction(key, value[key], scope)
  }
  const result: Record<string, Json> = {}
  for (const [name, part] of Object.entries(value)) {
    const resolved = resolveValue(part, scope)
    if (resolved !== undefined) result[name] = resolved
  }
  return result
}

function callFunction(name: string, argument: Json | undefined, scope: Scope): Json | undefined {
  const resolved = (value: Json | undefined) => resolveValue(value, scope)
  const text = (value: Json | undefined) => {
    const found = textOf(resolved(value))
    if (found === undefined) throw new Error(`${name} needs text, got ${JSON.stringify(value)}`)
    return found
  }
  const args = listOf(argument)
  switch (name) {
    case 'Ref':
      return scope.ref(text(argument))
    case 'Fn::GetAtt': {
      const [id, ...rest] = typeof argument === 'string' ? argument.split('.') : args.map(text)
      return scope.attribute(id ?? '', rest.join('.'))
    }
    case 'Fn::Join':
      return elementsOf(resolved(args[1])).map(text).join(text(args[0]))
    case 'Fn::Sub':
      return substitute(typeof argument === 'string' ? argument : text(args[0]), objectOf(args[1]), scope)
    case 'Fn::Select':
      return elementsOf(resolved(args[1]))[Number(text(args[0]))]
    case 'Fn::Split':
      return text(args[1]).split(text(args[0]))
    case 'Fn::If':
      return resolved(scope.condition(text(args[0])) ? args[1] : args[2])
    case 'Fn::ImportValue':
      return scope.imported(text(argument))
    case 'Fn::FindInMap':
      return scope.mapping(text(args[0]), text(args[1]), text(args[2]))
    case 'Fn::Base64':
      return Buffer.from(text(argument)).toString('base64')
    case 'Fn::ToJsonString':
      return JSON.stringify(resolved(argument))
    case 'Fn::Length':
      return elementsOf(resolved(argument)).length
    case 'Fn::GetAZs':
      return ['a', 'b', 'c'].map((zone) => `${text({ Ref: 'AWS::Region' })}${zone}`)
    default:
      throw new Error(`the intrinsic function ${name} is not supported locally`)
  }
}

function elementsOf(value: Json | undefined): readonly Json[] {
  return listOf(value)
}

function substitute(template: string, variables: JsonObject, scope: Scope): string {
  return template.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal) return `\${${name}}`
    const own = variables[name]
    const found =
      own !== undefined
        ? resolveValue(own, scope)
        : name.includes('.') && !name.startsWith('AWS::')
          ? scope.attribute(name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1))
          : scope.ref(name)
    return textOf(found) ?? textsOf(found).join(',')
  })
}

/** A template condition (`Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not`, `Condition`). */
export function resolveCondition(value: Json | undefined, scope: Scope): boolean {
  const condition = objectOf(value)
  const [key] = Object.keys(condition)
  const args = listOf(key ? condition[key] : undefined)
  switch (key) {
    case 'Condition':
      return scope.condition(textOf(condition.Condition) ?? '')
    case 'Fn::Equals': {
      const [left, right] = args.map((one) => JSON.stringify(resolveValue(one, scope)))
      return left === right
    }
    case 'Fn::And':
      return args.every((one) => resolveCondition(one, scope))
    case 'Fn::Or':
      return args.some((one) => resolveCondition(one, scope))
    case 'Fn::Not':
      return !resolveCondition(args[0], scope)
    default:
      throw new Error(`the condition function ${key ?? '(none)'} is not supported locally`)
  }
}
