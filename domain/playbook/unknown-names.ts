import type { Mention, Mentions } from '../condition/condition.ts'
import { didYouMean, didYouMeanOneOf, nearestName } from '../did-you-mean.ts'
import { stageIds } from '../funnel/funnel-rules.ts'
import { salesPhases } from '../sales/sales-phases.ts'
import type { Finding } from './checks.ts'
import type { Names } from './names.ts'

const grades = ['A', 'B', 'C', 'D'].flatMap((fit) => [1, 2, 3, 4].map((engagement) => `${fit}${engagement}`))

const unknown = (what: string, mentions: readonly Mention[], known: readonly string[]): readonly Finding[] =>
  mentions
    .filter(({ name }) => !known.includes(name))
    .map(({ name, offset }) => ({
      message: `unknown ${what} "${name}"${didYouMeanOneOf(name, known)}`,
      offset,
    }))

/** Names that may be new, but are so near to a known one that they are more likely a slip. */
const doubtful = (what: string, mentions: readonly Mention[], known: readonly string[]): readonly Finding[] =>
  mentions
    .filter(({ name }) => !known.includes(name) && nearestName(name, known) !== undefined)
    .map(({ name, offset }) => ({
      message: `nothing here knows the ${what} "${name}"${didYouMean(name, known)}`,
      offset,
      severity: 'warning',
    }))

/** Names in a condition or another expression that nothing has, or that are near to another one. */
export const unknownNames = (mentions: Mentions, names: Names): readonly Finding[] => [
  ...unknown('stage', mentions.stages, stageIds),
  ...unknown('sales phase', mentions.phases, ['', ...salesPhases]),
  ...(names.bands === undefined ? [] : unknown('band', mentions.bands, names.bands)),
  ...unknown('grade', mentions.grades, grades),
  ...unknown('email', mentions.emails, names.emails),
  ...doubtful('attribute', mentions.attributes, names.attributes),
  ...doubtful('activity type', mentions.types, names.activityTypes),
]
