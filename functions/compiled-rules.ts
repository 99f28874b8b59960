import type { Playbook } from '../domain/playbook/playbook.ts'
import { compileRules, type Rules } from '../domain/playbook/rules.ts'

const compiled = new WeakMap<Playbook, Rules>()

/** A playbook's rules, compiled once for each container. */
export const rulesOf = (playbook: Playbook): Rules => {
  const known = compiled.get(playbook)
  if (known) return known
  const rules = compileRules(playbook)
  compiled.set(playbook, rules)
  return rules
}
