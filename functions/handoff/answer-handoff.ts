import { type AnswerResult, answerHandoff, type HandoffReply } from '../../domain/handoff/answer-handoff.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import { isWithdrawn, withdrawHandoff } from '../../domain/handoff/request-handoff.ts'
import { handoffIdOf, type LeadId } from '../../domain/model/activity.ts'
import type { HandoffRules } from '../../domain/model/handoff-rules.ts'
import type { Bus, Clock, Handoffs, Lead, Leads } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { type EnqueueHandoff, promisePublishing, publishHandoff } from './publish-handoff.ts'

export interface AnswerHandoffPorts {
  readonly handoffs: Handoffs
  readonly bus: Bus
  readonly enqueueHandoff: EnqueueHandoff
  readonly clock: Clock
  readonly rules: HandoffRules
}

export type AnswerOutcome = AnswerResult | { readonly type: 'unknown-handoff' }

/**
 * Sales accepts or rejects. Of two concurrent answers one wins and the other is refused. A message on the handoff queue, sent
 * before the commit, publishes the answer if this process dies after it.
 */
export const makeAnswerHandoff =
  (ports: AnswerHandoffPorts) =>
  (handoffId: string, reply: HandoffReply): Promise<AnswerOutcome> =>
    retryConflicts(async () => {
      const stored = await ports.handoffs.find(handoffId)
      if (!stored) return { type: 'unknown-handoff' }
      const result = answerHandoff(stored, reply, ports.rules, ports.clock())
      switch (result.type) {
        case 'answered': {
          await promisePublishing(ports.enqueueHandoff, handoffId)
          await publishHandoff(ports, await ports.handoffs.commit(result.handoff))
          return result
        }
        case 'repeated':
        case 'no-longer-open':
          // Finishes publishing a stored answer whose process died.
          await publishHandoff(ports, result.handoff)
          return result
        case 'handed-on':
        case 'unknown-reason':
          return result
        default:
          return result satisfies never
      }
    })

interface TakeBackPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Handoffs
  readonly bus: Bus
  readonly clock: Clock
}

/** A cycle of a lead; it qualifies once in each. */
export interface LeadCycle {
  readonly leadId: LeadId
  readonly cycle: number
}

export const qualifiesIn = ({ state }: Lead, cycle: number): boolean =>
  state?.qualifications.some((qualification) => qualification.cycle === cycle) ?? false

/**
 * Closes unanswered handoffs of a lead that, as it is now, did not qualify: its own of that cycle and, once it is no longer
 * qualified at all, those of leads merged into it. Idempotent.
 * @returns the lead as it is now.
 */
export const takeBackHandoffs = async (
  ports: TakeBackPorts,
  { leadId, cycle }: LeadCycle,
): Promise<Lead | undefined> => {
  const lead = await ports.leads.load(leadId)
  if (!lead?.state || qualifiesIn(lead, cycle)) return lead
  const own = await ports.handoffs.load(leadId, handoffIdOf(leadId, cycle))
  if (own) await close(ports, own)
  if (lead.mergedInto !== undefined || qualifiesIn(lead, lead.state.cycle)) return lead
  for (const member of lead.members ?? [])
    for (const handoff of await ports.handoffs.list(member)) await close(ports, handoff)
  return lead
}

/** Handles `QualificationWithdrawn`. */
export const makeTakeBackHandoffs =
  (ports: TakeBackPorts) =>
  async (cycle: LeadCycle): Promise<void> => {
    await retryConflicts(() => takeBackHandoffs(ports, cycle))
  }

const close = async (ports: TakeBackPorts, stored: Handoff): Promise<void> => {
  const handoff = await publishHandoff(ports, stored)
  if (handoff.answer.state === 'requested') {
    const withdrawn = await ports.handoffs.commit(withdrawHandoff(handoff, ports.clock()))
    await ports.handoffs.count(withdrawn)
  } else if (isWithdrawn(handoff)) await ports.handoffs.count(handoff)
}
