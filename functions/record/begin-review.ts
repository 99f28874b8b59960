import type { LeadState } from '../../domain/lead/lead-state.ts'
import { nextReview, noTies, whenToForget } from '../../domain/lead/when-to-forget.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { Lead } from '../ports.ts'
import type { Reviews } from '../review-ports.ts'

/**
 * Sets the day on which a lead that is about to be committed is looked at first, unless one is set. Before the commit: a
 * crash between the two leaves a day without a lead, which ends by itself, and never a lead without a day.
 */
export const makeBeginReview =
  ({ reviews }: { readonly reviews: Pick<Reviews, 'begin'> }) =>
  async <Kept extends Lead & { readonly state: LeadState }>(
    lead: Kept,
    rules: Rules,
    now: string,
  ): Promise<Kept & { readonly underReview: true }> => {
    if (!lead.underReview) {
      const due = whenToForget(lead, noTies, rules.playbook.settings.retention)
      await reviews.begin(lead.leadId, nextReview(due, now))
    }
    return { ...lead, underReview: true }
  }
