import type { z } from 'zod'
import { didYouMean } from '../did-you-mean.ts'
import type { Fault } from './fault.ts'
import { isRecord } from './raw.ts'
import { chooseBranch } from './union-choice.ts'
import type { FaultDetail, YamlFile, YamlPath } from './yaml-file.ts'

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

/** How zod's own messages begin; another beginning is a schema's own wording. */
const standard = 'Invalid input'

const quotes = (issue: z.core.$ZodIssueInvalidType): string =>
  issue.expected === 'string' && isRecord(issue.input) ? ' (a text that begins with { needs quotes)' : ''

/** Keys whose value is a text for each language. */
const localizedKeys = ['label', 'title', 'intro', 'submit', 'wording', 'name', 'description', 'text', 'help']

/** What is to be written in place of a text where more than a text belongs. */
const instead = (issue: z.core.$ZodIssueInvalidType): string => {
  const { input, expected, path } = issue
  if (input === null && expected === 'string')
    return ': YAML reads Null, ~ and what is left empty as nothing; a text of that name stands in quotes, "Null"'
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

/** Says every issue of a schema at its place in the file. */
export const shapeFaults = (
  yaml: YamlFile,
  issues: readonly Issue[],
  base: YamlPath = [],
): readonly Fault[] =>
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
