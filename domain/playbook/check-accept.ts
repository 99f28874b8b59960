import { didYouMeanOneOf } from '../did-you-mean.ts'
import { parseDuration } from '../duration.ts'
import type { Fault } from './fault.ts'
import { rawEntries, rawText } from './raw.ts'
import type { YamlFile } from './yaml-file.ts'

interface AcceptDeadline {
  readonly name: string
  /** Below `accept`. */
  readonly path: readonly string[]
  /** Milliseconds. */
  readonly after: number
}

const paths = [['remind'], ['escalate'], ['reassign'], ['expire', 'after']] as const

/** The deadlines that `accept` sets, in the order of what they do. */
export const acceptDeadlines = (yaml: YamlFile): readonly AcceptDeadline[] =>
  paths.flatMap((path) => {
    const after = parseDuration(rawText(yaml.root, 'accept', ...path) ?? '')
    return after === undefined ? [] : [{ name: path[0], path, after }]
  })

/** Each later than the one before. */
const order = (yaml: YamlFile): readonly Fault[] => {
  const deadlines = acceptDeadlines(yaml)
  return deadlines.flatMap(({ name, path, after }, index) => {
    const before = deadlines[index - 1]
    return before && after <= before.after
      ? [yaml.fault(['accept', ...path], `"${name}" must come later than "${before.name}"`)]
      : []
  })
}

/** What expires is given back for a reason that sales may give. */
const expiry = (yaml: YamlFile): readonly Fault[] => {
  const reason = rawText(yaml.root, 'accept', 'expire', 'reason')
  const reasons = rawEntries(yaml.root, 'reject').map(([name]) => name)
  return reason === undefined || reasons.includes(reason)
    ? []
    : [
        yaml.fault(
          ['accept', 'expire', 'reason'],
          `there is no reason "${reason}" under "reject"${didYouMeanOneOf(reason, reasons)}`,
        ),
      ]
}

/** The deadlines of an answer: what becomes of a handoff while nobody gives one. */
export const checkAccept = (yaml: YamlFile): readonly Fault[] => [...order(yaml), ...expiry(yaml)]
