import { compileRules } from '../domain/playbook/rules.ts'
import { perPlaybook } from './per-playbook.ts'

/** A playbook's rules, compiled once for each version that a container meets. */
export const rulesOf = perPlaybook(compileRules)
