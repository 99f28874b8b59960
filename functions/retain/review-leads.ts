import * as z from 'zod/mini'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { Decision } from '../../domain/model/decision.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Retention } from '../../domain/model/settings.ts'
import { nextReview, whenToForget } from '../../domain/retention/when-to-forget.ts'
import type { Bus, Clock, Handoffs, Lead, Leads, Reviews, Runs } from '../ports.ts'

/** One message's work: a second or two. */
const pageSize = 25

const message = z.discriminatedUnion('type', [
  /** A day has begun, or a page was done (`after`): whoever is due by now is looked at. */
  z.object({ type: z.literal('due'), after: z.optional(z.string()) }),
  /** A lead that failed with its page, and now fails alone. */
  z.object({
    type: z.literal('lead'),
    leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  }),
])

type Known = Lead & { readonly state: LeadState }

const isKnown = (lead: Lead): lead is Known => lead.state !== undefined && lead.mergedInto === undefined

/** One for each version of the lead: if it changes before it is erased, it is not erased. */
const erasure = ({ leadId, version, state }: Known, now: string): Decision => ({
  id: `${leadId}:erase:retention:${version}`,
  type: 'ErasureRequested',
  occurredAt: now,
  causationId: state.last.id,
  correlationId: state.last.id,
  leadId,
  data: { leadId, because: 'retention', version },
})

/**
 * Looks at the leads whose day has come, page by page: whoever is not to be kept any more is asked to be erased, the
 * others get another day. Safe to repeat. A lead keeps its day, the next one, until it is erased with all the rest of it:
 * whatever comes in between, it is looked at again.
 */
export const makeReviewLeads = (ports: RetainPorts) => {
  const { leads, runs, handoffs, reviews, bus, retention, goOn, clock } = ports

  const dueOf = async (lead: Known): Promise<string | undefined> => {
    const family = [lead.leadId, ...(lead.members ?? [])]
    const [runsOf, handoffsOf] = await Promise.all([
      Promise.all(family.map((one) => runs.list(one))),
      Promise.all(family.map((one) => handoffs.list(one))),
    ])
    return whenToForget(lead, { runs: runsOf.flat(), handoffs: handoffsOf.flat() }, await retention())
  }

  const review = async (leadId: LeadId): Promise<void> => {
    const lead = await leads.load(leadId)
    if (!lead || lead.erased) return reviews.end(leadId)
    const now = clock()
    // A merged lead is held for as long as the one that stands for it, and may be set apart again.
    const due = isKnown(lead) ? await dueOf(lead) : undefined
    if (isKnown(lead) && due !== undefined && due <= now) await bus.publish([erasure(lead, now)])
    await reviews.move(leadId, nextReview(due, now))
  }

  const reviewPage = async (cursor: string | undefined): Promise<void> => {
    const { leadIds, next } = await reviews.due({
      day: clock().slice(0, 10),
      limit: pageSize,
      ...(cursor !== undefined && { cursor }),
    })
    const results = await Promise.allSettled(leadIds.map(review))
    const failed = leadIds.filter((_, index) => results[index]?.status === 'rejected')
    await Promise.all(failed.map((leadId) => goOn({ type: 'lead', leadId })))
    if (next !== undefined) await goOn({ type: 'due', after: next })
  }

  /** @throws when `body` is no message of its queue: it ends in the dead-letter queue. */
  return async (body: unknown): Promise<void> => {
    const asked = z.parse(message, body)
    switch (asked.type) {
      case 'due':
        return reviewPage(asked.after)
      case 'lead':
        return review(asked.leadId)
      default:
        return asked satisfies never
    }
  }
}

export interface RetainPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly runs: Pick<Runs, 'list'>
  readonly handoffs: Pick<Handoffs, 'list'>
  readonly reviews: Omit<Reviews, 'begin'>
  readonly bus: Pick<Bus, 'publish'>
  /** As long as people are kept by the live playbook. */
  readonly retention: () => Promise<Retention | undefined>
  /** Puts a message on the function's own queue. */
  readonly goOn: (message: JsonObject) => Promise<void>
  readonly clock: Clock
}
