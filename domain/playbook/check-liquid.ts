import {
  EchoTag,
  type Filter,
  ForTag,
  IfTag,
  LiquidError,
  Output,
  type PropertyAccessToken,
  type Template,
  type Token,
  TypeGuards,
  toValueSync,
  UnlessTag,
  Value,
} from 'liquidjs'
import { liquid, type Shape } from '../email/liquid.ts'
import { didYouMean, didYouMeanOneOf } from '../model/did-you-mean.ts'
import type { Finding } from './faults.ts'
import { ownVariable } from './merge-tags.ts'

const errorsOf = (error: unknown): readonly unknown[] =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [error]

/** Position of the unknown name in its tag or output. */
const offsetOf = (error: LiquidError, name: string): number => {
  const text = error.token.input.slice(error.token.begin, error.token.end)
  return error.token.begin + Math.max(0, text.lastIndexOf(name))
}

const usual = '; there is: default, date, round, upcase, capitalize, truncate, newline_to_br, url_encode, …'

const finding = (error: unknown): Finding => {
  if (!LiquidError.is(error)) throw error
  const message = (error.originalError?.message ?? error.message).replace(/, line:\d+, col:\d+$/, '')
  const filter = /^undefined filter: (\S+)$/.exec(message)?.[1]
  if (filter !== undefined)
    return {
      message: `unknown filter "${filter}"${didYouMean(filter, Object.keys(liquid.filters)) || usual}`,
      offset: offsetOf(error, filter),
    }
  const tag = /^tag "(\S+)" not found$/.exec(message)?.[1]
  if (tag !== undefined)
    return {
      message: `unknown tag "${tag}"${didYouMean(tag, Object.keys(liquid.tags))}`,
      offset: offsetOf(error, tag),
    }
  return { message: message.replaceAll(/(\\n|\s)+/g, ' ').slice(0, 200), offset: error.token.begin }
}

/** Syntax errors of Liquid's parser. */
const liquidSyntaxFindings = (error: unknown): readonly Finding[] => errorsOf(error).map(finding)

interface Scope {
  readonly names: Readonly<Record<string, Shape>>
  /** Paths such as `lead.company` that an enclosing `if` has tested. */
  readonly found: ReadonlySet<string>
}

const anything: Shape = { type: 'anything' }

const segmentsOf = (
  token: PropertyAccessToken,
): readonly { readonly name: string; readonly offset: number }[] =>
  token.props.map((prop) => ({
    name: 'content' in prop ? String(prop.content) : '',
    offset: TypeGuards.isQuotedToken(prop) ? prop.begin + 1 : prop.begin,
  }))

const pathOf = (token: PropertyAccessToken): string =>
  segmentsOf(token)
    .map(({ name }) => name)
    .join('.')

/** The variable, if the value is just one. */
const onlyVariable = (value: Value): PropertyAccessToken | undefined => {
  const [token] = value.initial.postfix
  return value.initial.postfix.length === 1 && TypeGuards.isPropertyAccessToken(token) ? token : undefined
}

/** Filters that do not format a date. */
const asIs = ['default', 'append', 'prepend', 'escape', 'strip', 'upcase', 'downcase', 'capitalize']

/** In order, as `assign` and `capture` define names for what follows. */
class LiquidWalk {
  readonly findings: Finding[] = []

  walk(templates: readonly Template[], scope: Scope): void {
    let current = scope
    for (const template of templates) {
      this.template(template, current)
      const added = [...(template.localScope?.() ?? [])].map((token) => [token.content, anything])
      if (added.length > 0)
        current = { ...current, names: { ...current.names, ...Object.fromEntries(added) } }
    }
  }

  private template(template: Template, scope: Scope): void {
    const lenient = template instanceof IfTag || template instanceof UnlessTag
    for (const argument of template.arguments?.() ?? []) {
      if (argument instanceof Value) {
        this.value(argument, scope, lenient)
        if (template instanceof Output || template instanceof EchoTag) this.written(argument, scope)
      } else this.token(argument, scope, false)
    }
    if (template instanceof IfTag) this.branches(template, scope)
    else if (template instanceof ForTag) this.loop(template, scope)
    else {
      const inside = [...(template.blockScope?.() ?? [])].map((name) => [name, anything])
      this.children(template, { ...scope, names: { ...scope.names, ...Object.fromEntries(inside) } })
    }
  }

  private children(template: Template, scope: Scope): void {
    const children: unknown =
      template.children === undefined ? [] : toValueSync(template.children(false, true))
    this.walk(Array.isArray(children) ? children : [], scope)
  }

  private branches(tag: IfTag, scope: Scope): void {
    for (const { value, templates } of tag.branches) {
      const token = value.filters.length === 0 ? onlyVariable(value) : undefined
      this.walk(
        templates,
        token === undefined ? scope : { ...scope, found: new Set([...scope.found, pathOf(token)]) },
      )
    }
    this.walk(tag.elseTemplates ?? [], scope)
  }

  private loop(tag: ForTag, scope: Scope): void {
    const list = TypeGuards.isPropertyAccessToken(tag.collection)
      ? this.shapeAt(tag.collection, scope)
      : anything
    const item = list.type === 'list' ? list.item : anything
    this.walk(tag.templates, { ...scope, names: { ...scope.names, [tag.variable]: item, forloop: anything } })
    this.walk(tag.elseTemplates ?? [], scope)
  }

  private value(value: Value, scope: Scope, lenient: boolean): void {
    const single = onlyVariable(value) !== undefined
    const optional = single && (lenient || value.filters[0]?.name === 'default')
    for (const token of value.initial.postfix) this.token(token, scope, optional)
    for (const filter of value.filters) this.filter(filter, scope)
  }

  /** Days are stored as 2026-12-18, which no reader should see. */
  private written({ initial, filters }: Value, { names }: Scope): void {
    const { lead } = names
    if (lead?.type !== 'open' || !filters.every(({ name }) => asIs.includes(name))) return
    const { names: dates = [], format = '' } = lead.dates ?? {}
    for (const token of initial.postfix) {
      if (!TypeGuards.isPropertyAccessToken(token)) continue
      const [root, attribute] = segmentsOf(token)
      if (root?.name === 'lead' && attribute && dates.includes(attribute.name))
        this.findings.push({
          message: `"${attribute.name}" is a date and would be read as 2026-12-31: write {{ lead.${attribute.name} | date: "${format}" }}`,
          offset: attribute.offset,
          severity: 'warning',
        })
    }
  }

  private filter(filter: Filter, scope: Scope): void {
    for (const argument of filter.args) {
      const token = Array.isArray(argument) ? argument[1] : argument
      if (token !== undefined) this.token(token, scope, false)
    }
  }

  private token(token: Token, scope: Scope, optional: boolean): void {
    if (TypeGuards.isRangeToken(token)) {
      this.token(token.lhs, scope, false)
      this.token(token.rhs, scope, false)
    } else if (TypeGuards.isPropertyAccessToken(token)) this.variable(token, scope, optional)
  }

  private variable(token: PropertyAccessToken, scope: Scope, optional: boolean): void {
    const attribute = this.shapeAt(token, scope, (finding) => this.findings.push(finding), optional)
    for (const prop of token.props.slice(1))
      if (TypeGuards.isPropertyAccessToken(prop)) this.variable(prop, scope, false)
    if (attribute.type === 'open' && token.props.length === 1)
      this.findings.push({
        message: `"${pathOf(token)}" is not a text; name one of its attributes`,
        offset: token.begin,
      })
  }

  /** Follows a path as far as it is known, and reports the first unknown name. */
  private shapeAt(
    token: PropertyAccessToken,
    scope: Scope,
    report: (finding: Finding) => void = () => {},
    optional = false,
  ): Shape {
    let shape: Shape = { type: 'fields', fields: scope.names }
    let owner = ''
    for (const { name, offset } of segmentsOf(token)) {
      if (shape.type === 'open') {
        if (!shape.always.includes(name)) {
          const isOptional = optional || scope.found.has(`lead.${name}`)
          const finding = isOptional
            ? misspeltFinding(name, offset, shape)
            : attributeFinding(name, offset, shape)
          if (finding !== undefined) report(finding)
        }
        return anything
      }
      if (shape.type !== 'fields') return anything
      const next: Shape | undefined = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined
      if (next === undefined) {
        report({
          message: `unknown variable "${owner}${name}"${owner === '' && foreignRoots.includes(name.toLowerCase()) ? `; here it is ${ownVariable(pathOf(token), attributesOf(scope))}` : didYouMeanOneOf(name, Object.keys(shape.fields))}`,
          offset,
        })
        return anything
      }
      shape = next
      owner += `${name}.`
    }
    return shape
  }
}

/** Other programs' names for the recipient. */
const foreignRoots = [
  'contact',
  'person',
  'subscriber',
  'user',
  'customer',
  'first_name',
  'firstname',
  'fname',
  'params',
]

const attributesOf = ({ names }: Scope): readonly string[] =>
  names.lead?.type === 'open' ? names.lead.known : []

type OpenShape = Shape & { readonly type: 'open' }

const attributeFinding = (name: string, offset: number, { known }: OpenShape): Finding =>
  known.includes(name)
    ? {
        message: `without "${name}" this email is not sent: write {{ lead.${name} | default: "…" }}`,
        offset,
        severity: 'warning',
      }
    : { message: `no form asks for "lead.${name}"${didYouMean(name, known)}`, offset }

/** With a `default` a misspelt name would go unnoticed: everybody would get the default for ever. */
const misspeltFinding = (
  name: string,
  offset: number,
  { known, mentioned = [] }: OpenShape,
): Finding | undefined =>
  known.includes(name) || mentioned.includes(name)
    ? undefined
    : {
        message: `no form asks for "lead.${name}", so every reader gets the default${didYouMean(name, known)}`,
        offset,
        severity: 'warning',
      }

/** All syntax errors of a Liquid text; if there are none, all names that it may not use. */
export const checkLiquid = (source: string, names: Readonly<Record<string, Shape>>): readonly Finding[] => {
  let templates: Template[]
  try {
    templates = liquid.parse(source)
  } catch (error) {
    return liquidSyntaxFindings(error)
  }
  const walk = new LiquidWalk()
  walk.walk(templates, { names, found: new Set() })
  return walk.findings
}
