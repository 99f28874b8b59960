import { type Json, NumberText, parseExactly } from './json-text.ts'
import { isScalar } from './value-match.ts'

/** What a target's input is made from. */
interface InputContext {
  /** The whole event as JSON text. */
  readonly text: string
  /** Where the event came in, for `<aws.events.event.ingestion-time>`. */
  readonly ingestionTime: string
  readonly ruleName: string
  readonly ruleArn: string
}

/** The payload that a target receives: the event, a part of it, a constant or a template filled from it. */
export function targetInput(target: EventTarget, context: InputContext): string {
  if (target.input !== undefined) return target.input
  if (target.inputPath !== undefined)
    return jsonText(atPath(parseExactly(context.text), target.inputPath) ?? null)
  return target.inputTransformer ? transform(target.inputTransformer, context) : context.text
}

const PLACEHOLDER = /<([^<>\s"]+)>/g

/**
 * Fills `<name>` from the paths and from EventBridge's own variables. Inside quotes a value is put in as text,
 * elsewhere strings gain quotes where the template is a JSON object or array.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
function transform({ inputPathsMap, inputTemplate }: InputTransformer, context: InputContext): string {
  const event = parseExactly(context.text)
  const template = inputTemplate.trim()
  const isJson = /^[{[]/.test(template)
  let quoted = false
  let position = 0
  return template.replace(PLACEHOLDER, (whole, name: string, offset: number) => {
    for (; position < offset; position++) {
      if (template[position] === '\\') position++
      else if (template[position] === '"') quoted = !quoted
    }
    const value = Object.hasOwn(inputPathsMap, name)
      ? atPath(event, inputPathsMap[name] ?? '')
      : reserved(name, event, context)
    if (value === undefined) return Object.hasOwn(inputPathsMap, name) ? missing(isJson, quoted) : whole
    if (quoted) return insideQuotes(value)
    return isJson || typeof value !== 'string' ? jsonText(value) : value
  })
}

function missing(isJson: boolean, quoted: boolean): string {
  return isJson && !quoted ? '""' : ''
}

/** Escaped, so that the quoted text stays one JSON string whatever is put into it. */
function insideQuotes(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(value).slice(1, -1)
  return isScalar(value) ? jsonText(value) : JSON.stringify(jsonText(value)).slice(1, -1)
}

function reserved(name: string, event: Json, context: InputContext): Json | undefined {
  switch (name) {
    case 'aws.events.event':
      return withoutDetail(event)
    case 'aws.events.event.json':
      return event
    case 'aws.events.event.ingestion-time':
      return context.ingestionTime
    case 'aws.events.rule-name':
      return context.ruleName
    case 'aws.events.rule-arn':
      return context.ruleArn
    default:
      return undefined
  }
}

function withoutDetail(event: Json): Json {
  if (isScalar(event)) return event
  return Object.fromEntries(Object.entries(event).filter(([key]) => key !== 'detail'))
}

const STEP = /\.([^.[\]]+)|\[(?:(\d+|\*)|'([^']*)'|"([^"]*)")\]/g

/** Follows `$.detail.items[0].name` or `$.detail.items[*].name`; `$` is the whole. Undefined where it leads nowhere. */
function atPath(event: Json, path: string): Json | undefined {
  return follow(
    event,
    [...path.matchAll(STEP)].map(
      ([, name, index, single, double]) => name ?? index ?? single ?? double ?? '',
    ),
  )
}

function follow(node: Json, [key, ...rest]: readonly string[]): Json | undefined {
  if (key === undefined) return node
  if (isScalar(node)) return undefined
  if (key === '*') {
    return Object.values(node)
      .map((child) => follow(child, rest))
      .filter((child) => child !== undefined)
  }
  const child = Object.hasOwn(node, key) ? (node as { readonly [key: string]: Json })[key] : undefined
  return child === undefined ? undefined : follow(child, rest)
}

/** JSON text in which numbers keep the digits that they came with. */
function jsonText(value: Json): string {
  if (value instanceof NumberText) return value.text
  if (isScalar(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${jsonText(member)}`)
  return `{${members.join(',')}}`
}

interface InputTransformer {
  readonly inputPathsMap: Readonly<Record<string, string>>
  readonly inputTemplate: string
}

interface RetryPolicy {
  /** 0–185; EventBridge's default is 185. */
  readonly maximumRetryAttempts?: number
  /** 60–86,400; the default is a day. */
  readonly maximumEventAgeInSeconds?: number
}

/** One target of a rule. At most one of `input`, `inputPath` and `inputTransformer`. */
export interface EventTarget {
  readonly id: string
  readonly arn: string
  readonly input?: string
  readonly inputPath?: string
  readonly inputTransformer?: InputTransformer
  readonly deadLetterArn?: string
  readonly retry?: RetryPolicy
  readonly sqsMessageGroupId?: string
}

/** Why an event was given up for a target: what EventBridge puts into a dead letter's message attributes. */
interface DeadLetter {
  readonly ruleArn: string
  readonly targetArn: string
  readonly errorCode: string
  readonly errorMessage: string
}

/** One hand-over to a target. With `deadLetter`, `target.arn` is the dead-letter queue and `body` the whole event. */
export interface Delivery {
  readonly target: EventTarget
  /** The rule's name. */
  readonly rule: string
  readonly body: string
  readonly event: BusEvent
  readonly deadLetter?: DeadLetter
}

/** An event as EventBridge hands it to targets. */
export interface BusEvent {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  /** RFC 3339 UTC, whole seconds, as EventBridge writes it. */
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: object
}
