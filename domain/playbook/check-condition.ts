import { bareValues } from '../condition/bare-value.ts'
import { compileCondition } from '../condition/compile-condition.ts'
import type { Condition } from '../condition/condition.ts'
import type { ConditionKind } from '../condition/environment.ts'
import { kindMistakes } from '../condition/kind-mistakes.ts'
import { unequalAttributes } from '../condition/unequal-attributes.ts'
import { valueless } from '../condition/valueless.ts'
import type { Finding } from './checks.ts'
import { faultFindings } from './fault-findings.ts'
import type { Names } from './names.ts'
import { unknownChoices } from './unknown-choices.ts'
import { unknownNames } from './unknown-names.ts'

/** In `where` it depends on the activity's type what its properties are: `checkKinds` asks there. */
const mistakesOfKind = (source: string, kind: ConditionKind, names: Names): readonly Finding[] =>
  kind === 'lead' ? kindMistakes(source, { lead: names.attributeValues, activity: new Map() }) : []

/** What is wrong with one condition: its syntax and types, or else its parts and the names in it, or else that it decides nothing. */
export const checkCondition = (
  source: string,
  kind: ConditionKind,
  names: Names,
  decided: (condition: Condition) => readonly Finding[],
): readonly Finding[] => {
  const result = compileCondition(source, kind)
  switch (result.type) {
    case 'fault':
      return faultFindings(source, kind, result, names)
    case 'condition': {
      const wrong: readonly Finding[] = [
        ...bareValues(source),
        ...mistakesOfKind(source, kind, names),
        ...valueless(source),
        ...(kind === 'lead' ? unequalAttributes(source) : []),
        ...(kind === 'lead' ? unknownChoices(source, names) : []),
        ...unknownNames(result.condition.mentions, names),
      ]
      const isSound = wrong.every(({ severity }) => severity === 'warning')
      return isSound ? [...decided(result.condition), ...wrong] : wrong
    }
    default:
      return result satisfies never
  }
}
