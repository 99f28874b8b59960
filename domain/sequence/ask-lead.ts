import { leadContext } from '../condition/lead-context.ts'
import type { LeadState } from '../lead/lead-state.ts'
import type { Rules } from '../playbook/rules.ts'
import { zoneOf } from '../time/lead-zone.ts'
import type { Ask } from './advance.ts'
import { type Begun, runCycleBegan } from './run-cycle.ts'
import type { SalesHold } from './sales-hold.ts'

/**
 * What a lead's state answers to a sequence's conditions at `now`.
 * @param live rules that the state was folded under; score and band are those everybody sees.
 * @param begun rules of the playbook version that the run began with; its conditions are among them.
 * @param run what the run began with; undefined where none is known: then all that the lead ever did counts.
 * @param hold what waits while sales has the lead.
 */
export const askLead = (
  lead: { readonly email?: string; readonly state: LeadState },
  live: Rules,
  begun: Rules,
  now: string,
  run: Begun | undefined,
  hold?: SalesHold,
): Ask => {
  const context = leadContext(lead, live, now)
  const since = run && runCycleBegan(run, lead.state)
  const ofCycle = since === undefined ? context : leadContext(lead, live, now, since)
  return {
    holds: (condition) => begun.holds(condition, context),
    holdsInCycle: (condition) => begun.holds(condition, ofCycle),
    attribute: (name) => context.attribute(name),
    timeZone: zoneOf(lead.state, live.playbook.settings),
    ...(hold && { hold }),
  }
}
