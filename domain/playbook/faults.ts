import type { z } from 'zod'
import { maximumLength } from '../condition/compile-condition.ts'
import type { Mention, Mentions } from '../condition/condition.ts'
import type { ConditionKind } from '../condition/environment.ts'
import { mentionsOf } from '../condition/mentions.ts'
import { type ConditionFaultResult, parsedAnyway, unknownIn } from '../condition/slips.ts'
import { salesPhases, stageIds } from '../model/deal.ts'
import { didYouMean, didYouMeanOneOf, nearestName } from '../model/did-you-mean.ts'
import { isRecord } from '../model/raw.ts'
import { type Fault, isError } from './fault.ts'
import type { Names } from './names.ts'
import type { FaultDetail, YamlFile, YamlPath } from './yaml-file.ts'

const grades = ['A', 'B', 'C', 'D'].flatMap((fit) => [1, 2, 3, 4].map((engagement) => `${fit}${engagement}`))

const unknown = (what: string, mentions: readonly Mention[], known: readonly string[]): readonly Finding[] =>
  mentions
    .filter(({ name }) => !known.includes(name))
    .map(({ name, offset }) => ({
      message: `unknown ${what} "${name}"${didYouMeanOneOf(name, known)}`,
      offset,
    }))

/** New names so near to a known one that they are probably typos. */
const doubtful = (what: string, mentions: readonly Mention[], known: readonly string[]): readonly Finding[] =>
  mentions
    .filter(({ name }) => !known.includes(name) && nearestName(name, known) !== undefined)
    .map(({ name, offset }) => ({
      message: `unknown ${what} "${name}"${didYouMean(name, known)}`,
      offset,
      severity: 'warning',
    }))

/** Unknown names in an expression, and probable typos. */
export const unknownNames = (mentions: Mentions, names: Names): readonly Finding[] => [
  ...unknown('stage', mentions.stages, stageIds),
  ...unknown('sales phase', mentions.phases, ['', ...salesPhases]),
  ...(names.bands === undefined ? [] : unknown('band', mentions.bands, names.bands)),
  ...unknown('grade', mentions.grades, grades),
  ...unknown('email', mentions.emails, names.emails),
  ...doubtful('attribute', mentions.attributes, names.attributes),
  ...doubtful('activity type', mentions.types, names.activityTypes),
]

/** A fault in a text whose position in the playbook is not known yet. */
export interface Finding {
  readonly message: string
  /** Offset into the text; absent: the whole text. */
  readonly offset?: number
  readonly severity?: 'warning'
}

/** What a text names: JSON Schemas say so as `x-names`, for editors to offer what there is. */
type Named = 'email' | 'team' | 'sequence' | 'segment' | 'activityType' | 'attribute' | 'condition'

interface Check {
  (text: string): readonly Finding[]
  readonly names?: Named
}

/** Checks of texts against the rest of the playbook. */
export interface Checks {
  readonly leadCondition: Check
  /** Must be satisfiable; reported together with its dependents. */
  readonly entryCondition: Check
  readonly activityCondition: Check
  /** An expression for the points of an activity. */
  readonly points: Check
  /** Conditions and expressions on external events. */
  readonly eventCondition: Check
  readonly eventExpression: Check
  readonly email: Check
  readonly team: Check
  readonly sequence: Check
  readonly segment: Check
  /** Like `leadCondition`, and may hold for everybody. */
  readonly segmentCondition: Check
  /** The condition of a segment; one that holds for nobody where there is none. */
  readonly conditionOf: (segment: string) => string
  /** Of an email, `main` first. */
  readonly variantsOf: (email: string) => readonly string[]
  readonly activityType: Check
  /** An activity type that a form introduces. */
  readonly newActivityType: Check
  readonly attribute: Check
  /** An attribute that must be a date. */
  readonly dateAttribute: Check
}

const nothing: Check = () => []

const naming = (names: Named): Check => Object.assign(() => [], { names })

/** Accepts every name, to check only the shape. */
export const noChecks: Checks = {
  leadCondition: naming('condition'),
  entryCondition: naming('condition'),
  activityCondition: naming('condition'),
  points: nothing,
  eventCondition: nothing,
  eventExpression: nothing,
  email: naming('email'),
  team: naming('team'),
  sequence: naming('sequence'),
  segment: naming('segment'),
  segmentCondition: naming('condition'),
  conditionOf: () => 'false',
  variantsOf: () => ['main', 'other'],
  activityType: naming('activityType'),
  newActivityType: naming('activityType'),
  attribute: naming('attribute'),
  dateAttribute: naming('attribute'),
}

/** A schema for a text that passes `check`; findings become issues with offset and severity as `params`. */
export const checked = (schema: z.ZodString, check: Check) => {
  const text = schema.superRefine((given, context) => {
    for (const { message, offset, severity } of check(given))
      context.addIssue({ code: 'custom', message, params: { offset, severity } })
  })
  return check.names === undefined ? text : text.meta({ 'x-names': check.names })
}

const fewFunctions = 12

/** A name without similar ones was probably meant as a text, or is a function of another language. */
const remedy = (what: 'name' | 'function', name: string, known: readonly string[], rest: string): string => {
  const near = didYouMean(name, known)
  if (near !== '') return near
  if (what === 'function') return known.length <= fewFunctions ? `; there is: ${known.join(', ')}` : ''
  const written = /^[\w.-]+/.exec(rest)?.[0] ?? name
  return `; names and texts need quotes: "${written}"`
}

/** Faults of an expression that does not compile: its first error of syntax or types, and all unknown names. */
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

const isAtRoot = (issue: Issue): boolean => issue.path.length === 0

const isMissing = (issue: Issue): boolean =>
  issue.path.length === 1 && 'input' in issue && issue.input === undefined

/** How far the value is from this branch: wrong type, then unknown or missing keys, then the rest. */
const distance = (issues: readonly Issue[]): number =>
  issues.reduce((sum, issue) => {
    if (issue.code === 'unrecognized_keys' && isAtRoot(issue)) return sum + 10 * issue.keys.length
    if (isAtRoot(issue) && (issue.code === 'invalid_type' || issue.code === 'custom')) return sum + 1_000
    return sum + (isMissing(issue) || issue.code === 'invalid_union' ? 10 : 1)
  }, 0)

const keyCount = (input: unknown): number =>
  typeof input === 'object' && input !== null ? Object.keys(input).length : 0

/** Whether all keys of the value are unknown to every branch. */
const knowsNoKey = (branches: readonly (readonly Issue[])[], input: unknown): boolean =>
  keyCount(input) > 0 &&
  branches.every((issues) =>
    issues.some(
      (issue) =>
        (issue.code === 'unrecognized_keys' && isAtRoot(issue) && issue.keys.length === keyCount(input)) ||
        (issue.code !== 'unrecognized_keys' && isAtRoot(issue)),
    ),
  )

/** The issues of the branch that was most likely meant. If all keys are unknown: one issue with the keys of all branches. */
const chooseBranch = (union: z.core.$ZodIssueInvalidUnion): readonly Issue[] => {
  if (knowsNoKey(union.errors, union.input)) {
    const unknown = union.errors
      .flat()
      .filter((issue) => issue.code === 'unrecognized_keys' && isAtRoot(issue))
    const [first] = unknown
    if (first !== undefined) return [{ ...first, message: unknown.map((issue) => issue.message).join(' ') }]
  }
  const [nearest = []] = [...union.errors].sort((a, b) => distance(a) - distance(b))
  return nearest
}

type Issue = z.core.$ZodIssue

const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`
}

const wanted: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  tuple: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

/** Start of zod's own messages; others are the schema's. */
const standard = 'Invalid input'

const quotes = (issue: z.core.$ZodIssueInvalidType): string =>
  issue.expected === 'string' && isRecord(issue.input) ? ' (a text that begins with { needs quotes)' : ''

/** Keys with a text for each language. */
const localizedKeys = ['label', 'title', 'intro', 'submit', 'wording', 'name', 'description', 'text', 'help']

/** What to write instead of a plain text. */
const instead = (issue: z.core.$ZodIssueInvalidType): string => {
  const { input, expected, path } = issue
  if (input === null && expected === 'string')
    return ': YAML reads Null, ~ and an empty value as nothing; as a text it needs quotes, "Null"'
  if (typeof input !== 'string' || (expected !== 'object' && expected !== 'record')) return ''
  const [, key, value] = /^([\w-]+):(\S.*)$/.exec(input) ?? []
  if (key !== undefined) return `: a space is missing after the colon, ${key}: ${value}`
  return localizedKeys.includes(String(path.at(-1))) ? ': a text for each language, { de: …, en: … }' : ''
}

const listed = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(', ')

const describe = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      if (!issue.message.startsWith(standard)) return issue.message
      return `expected ${wanted[issue.expected] ?? issue.expected}, found ${kindOf(issue.input)}${quotes(issue)}${instead(issue)}`
    case 'invalid_value': {
      const names = issue.values.map(String)
      const guess = typeof issue.input === 'string' ? didYouMean(issue.input, names) : ''
      return `expected ${issue.values.length > 1 ? 'one of ' : ''}${listed(issue.values)}, found ${JSON.stringify(issue.input)}${guess}`
    }
    case 'too_small':
      return issue.origin === 'array'
        ? `needs at least ${issue.minimum}`
        : `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
    case 'too_big':
      return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'custom':
      return issue.message
    default:
      return issue satisfies never
  }
}

const detailOf = (issue: Issue): FaultDetail => {
  if (issue.code !== 'custom') return {}
  const { offset, severity, at } = issue.params ?? {}
  return {
    ...(at === 'key' ? { at } : {}),
    ...(typeof offset === 'number' ? { offset } : {}),
    ...(severity === 'warning' ? { severity } : {}),
  }
}

/** Turns the issues of a schema into faults with positions. */
const shapeFaults = (yaml: YamlFile, issues: readonly Issue[], base: YamlPath = []): readonly Fault[] =>
  issues.flatMap((issue): readonly Fault[] => {
    const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? '' : part))]
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) =>
        yaml.fault([...path, key], `unknown key "${key}"${didYouMean(key, issue.message.split(' '))}`, {
          at: 'key',
        }),
      )
    if (issue.code === 'invalid_union' && !issue.message.startsWith(standard) && !isRecord(issue.input))
      return [yaml.fault(path, issue.message)]
    if (issue.code === 'invalid_union') return shapeFaults(yaml, chooseBranch(issue), path)
    if (issue.code === 'invalid_key')
      return issue.issues.map((inner) => yaml.fault(path, describe(inner), { at: 'key' }))
    const missing = path.length > 0 && 'input' in issue && issue.input === undefined
    if (missing) {
      const key = path.at(-1)
      const choice =
        issue.code === 'invalid_value'
          ? `: ${issue.values.map((one) => JSON.stringify(one)).join(' or ')}`
          : ''
      const what = typeof key === 'number' ? 'needs at least one entry' : `"${key}" is missing${choice}`
      return [yaml.fault(path.slice(0, -1), what, { at: 'key' })]
    }
    return [yaml.fault(path, describe(issue), detailOf(issue))]
  })

/** `value` is present if the file has the right shape, whatever names it mentions. */
interface Shaped<T> {
  readonly value?: T
  readonly faults: readonly Fault[]
}

/** Reads a file by its schema twice: with the checks for the faults, and without them for the value despite warnings. */
export const readShape = <T>(
  yaml: YamlFile,
  schema: (checks: Checks) => z.ZodType<T>,
  checks: Checks,
): Shaped<T> => {
  if (yaml.root === undefined || yaml.faults.some(isError)) return { faults: yaml.faults }
  const strict = schema(checks).safeParse(yaml.root, { reportInput: true, jitless: true })
  if (strict.success) return { value: strict.data, faults: yaml.faults }
  const faults = [...yaml.faults, ...shapeFaults(yaml, strict.error.issues)]
  const loose = schema(noChecks).safeParse(yaml.root, { jitless: true })
  return loose.success ? { value: loose.data, faults } : { faults }
}
