import type { Activity, Fact } from '../../domain/activity/activity.ts'
import { draftOf } from '../../domain/lead/fold.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import { givenDealId, isAboutDeal } from '../../domain/sales/deal-activity.ts'
import type { DealStay } from '../../domain/sales/take-activity.ts'
import { wordStay } from '../../domain/sales/word-stay.ts'
import type { Refusal } from '../http/refusal.ts'
import type { Handoffs, Lead, Leads } from '../ports.ts'

export interface CheckDealPorts {
  readonly leads: Pick<Leads, 'facts'>
  readonly handoffs: Pick<Handoffs, 'list'>
  readonly rules: Rules
}

const unknownDeal: Refusal = {
  type: 'bad-input',
  errors: [
    {
      path: 'properties.dealId',
      message: 'there is no such deal: leave it out for the open one, or record deal.opened',
    },
  ],
}

/**
 * Whether an activity by hand fits the lead's deals, at its place in the log: one that came late is no step back.
 * @param leadId whom it is about: `root` itself, or a lead merged into it.
 * @returns why not; undefined when it fits, or is about no deal.
 */
export const makeCheckDeal = ({ leads, handoffs, rules }: CheckDealPorts) => {
  /** Its deal opens as soon as the answer is in the log. */
  const isAccepted = async (leadId: LeadId, dealId: string): Promise<boolean> =>
    (await handoffs.list(leadId)).some(
      ({ handoffId, answer }) => handoffId === dealId && answer.state === 'accepted',
    )

  return async (root: Lead, leadId: LeadId, activity: Activity): Promise<Refusal | undefined> => {
    const { id, type, occurredAt, properties } = activity
    if (!isAboutDeal(type)) return undefined
    const log = await leads.facts(root.leadId)
    const dealId = givenDealId(properties.dealId)
    const deals = draftOf(log, rules)?.deals ?? []
    const isKnown = deals.some((deal) => deal.dealId === dealId || deal.externalId === dealId)
    const isRepeat = log.some((fact) => fact.id === id)
    if (type === 'deal.opened' && dealId !== undefined && isKnown && !isRepeat)
      return { type: 'conflict', detail: `Deal ${dealId} is there already.` }
    if (type !== 'deal.opened' && dealId !== undefined && !isKnown && !(await isAccepted(leadId, dealId)))
      return unknownDeal
    const fact: Fact = { id, type, occurredAt, properties }
    let found: DealStay | undefined
    draftOf([...log, leadId === root.leadId ? fact : { ...fact, member: leadId }], rules, undefined, {
      dealStayed: (stayed, stay) => {
        if (stayed.id === id) found = stay
      },
    })
    return found && refusalOf(found)
  }
}

const refusalOf = (stay: DealStay): Refusal => {
  const { dealId, status, phase } = stay
  return { type: 'conflict', detail: wordStay(stay), current: { dealId, status, phase } }
}
