import type { Condition } from '../condition/condition.ts'
import { didYouMean, didYouMeanOneOf, nearestName } from '../did-you-mean.ts'
import { builtInActivityTypes, isSystemEmail } from './built-in-names.ts'
import { checkCondition } from './check-condition.ts'
import { checkEventCondition, checkEventExpression } from './check-event.ts'
import { checkPoints } from './check-points.ts'
import type { Checks, Finding } from './checks.ts'
import { dateFindings } from './date-attribute.ts'
import type { Names } from './names.ts'
import { whyDecided } from './reachable.ts'
import { activityTypePattern } from './schema/common-schema.ts'
import type { ScoreBounds } from './score-bounds.ts'

const known =
  (what: string, names: readonly string[]) =>
  (name: string): readonly Finding[] =>
    names.includes(name) ? [] : [{ message: `unknown ${what} "${name}"${didYouMeanOneOf(name, names)}` }]

const likely =
  (what: string, names: readonly string[], isPossible: (name: string) => boolean) =>
  (name: string): readonly Finding[] =>
    names.includes(name) || !isPossible(name) || nearestName(name, names) === undefined
      ? []
      : [
          {
            message: `nothing here knows the ${what} "${name}"${didYouMean(name, names)}`,
            severity: 'warning',
          },
        ]

/**
 * A form may bring in a type of its own: one that the rest of the playbook goes by is meant, however near it is to another.
 */
const newTypes = ({ namedTypes = [] }: Names): ((name: string) => readonly Finding[]) => {
  const check = likely('activity type', [...builtInActivityTypes, ...namedTypes], (type) =>
    activityTypePattern.test(type),
  )
  return (name) => (namedTypes.includes(name) ? [] : check(name))
}

const ofTheSystem = (email: string): readonly Finding[] => [
  { message: `"${email}" is sent by the system itself, and not by a sequence` },
]

/** Checks against the names of one playbook. Activity types and attributes may be new: only near misses are told. */
export const makeChecks = (names: Names, bounds: ScoreBounds): Checks => {
  const knownEmail = known('email', names.emails)
  const decided = ({ source, constant }: Condition) => {
    const found = whyDecided(source, constant, bounds)
    return found === undefined ? [] : [{ ...found, severity: 'warning' as const }]
  }
  const isPossible = (type: string): boolean => activityTypePattern.test(type)
  return {
    leadCondition: (source) => checkCondition(source, 'lead', names, decided),
    entryCondition: (source) =>
      checkCondition(source, 'lead', names, (condition) => decided(condition).filter(({ always }) => always)),
    activityCondition: (source) => checkCondition(source, 'activity', names, decided),
    points: (source) => checkPoints(source, names),
    eventCondition: (source) => checkEventCondition(source, names),
    eventExpression: (source) => checkEventExpression(source, names),
    email: (email) => (isSystemEmail(email) ? ofTheSystem(email) : knownEmail(email)),
    team: known('team', names.teams),
    sequence: known('sequence', names.sequences),
    newActivityType: newTypes(names),
    activityType: likely('activity type', names.activityTypes, isPossible),
    dateAttribute: (name) => dateFindings(name, names),
    attribute: (name) =>
      names.attributes.includes(name)
        ? []
        : [
            {
              message: `no form asks for "${name}"${didYouMean(name, names.attributes)}`,
              severity: 'warning',
            },
          ],
  }
}
