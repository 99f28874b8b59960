import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { Handoffs, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'

export interface WantsAnswerPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Pick<Handoffs, 'list'>
}

/**
 * Whether a handoff that nobody has answered wants an answer. Of a person that sales has more than once, by leads that
 * were merged, one handoff does: none while another was accepted, else that of the lead which stands for the person,
 * else the oldest. Of somebody erased none does.
 */
export const wantsAnswer = async (
  { leads, handoffs }: WantsAnswerPorts,
  handoff: Handoff,
): Promise<boolean> => {
  const root = await rootLead(leads, handoff.leadId)
  if (!root) return false
  const family = new Set([root.leadId, ...(root.members ?? []), handoff.leadId])
  if (family.size === 1) return true
  const others = (await Promise.all([...family].map((leadId) => handoffs.list(leadId))))
    .flat()
    .filter(({ handoffId }) => handoffId !== handoff.handoffId)
  if (others.some(({ answer }) => answer.state === 'accepted')) return false
  const open = [handoff, ...others.filter(({ answer }) => answer.state === 'requested')]
  const [first] = open.toSorted(
    (one, other) =>
      Number(other.leadId === root.leadId) - Number(one.leadId === root.leadId) ||
      (one.requestedAt < other.requestedAt ? -1 : 1),
  )
  return first === handoff
}
