import type { Playbook } from '../domain/model/playbook.ts'
import { compileRules } from '../domain/rules/rules.ts'

/** Makes what depends on the playbook once for each version that a container meets. */
export const perPlaybook = <Made>(make: (playbook: Playbook) => Made): ((playbook: Playbook) => Made) => {
  const made = new WeakMap<Playbook, { readonly made: Made }>()
  return (playbook) => {
    const known = made.get(playbook)
    if (known) return known.made
    const fresh = { made: make(playbook) }
    made.set(playbook, fresh)
    return fresh.made
  }
}

/** A playbook's rules, compiled once for each version that a container meets. Marked for the bundler: whoever needs none carries no CEL. */
export const rulesOf = /* @__PURE__ */ perPlaybook(compileRules)
