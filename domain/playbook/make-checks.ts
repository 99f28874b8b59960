import { didYouMean, didYouMeanOneOf, nearestName } from '../did-you-mean.ts'
import { checkCondition } from './check-condition.ts'
import type { Checks, Finding } from './checks.ts'
import type { Names } from './names.ts'
import { activityTypePattern } from './schema/common-schema.ts'

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

/** Checks against the names of one playbook. Activity types and attributes may be new: only near misses are told. */
export const makeChecks = (names: Names): Checks => ({
  leadCondition: (source) => checkCondition(source, 'lead', names),
  activityCondition: (source) => checkCondition(source, 'activity', names),
  email: known('email', names.emails),
  team: known('team', names.teams),
  activityType: likely('activity type', names.activityTypes, (name) => activityTypePattern.test(name)),
  attribute: known('attribute', names.attributes),
})
