/** Types that nobody but Trichter records, each with the way to have it recorded. */
const waysIn: Readonly<Record<string, string>> = {
  'lead.merged': 'POST /api/leads/{leadId}/merge',
  'lead.unmerged': 'POST /api/leads/{leadId}/unmerge',
}

/** Why an activity of this type is not taken from outside; undefined where it is. */
export const whyOwnType = (type: string): string | undefined =>
  Object.hasOwn(waysIn, type) ? `cannot be sent: use ${waysIn[type]}` : undefined

/** Answers that a program may report, and for which a person has a way that also closes the handoff at once. */
const waysByHand: Readonly<Record<string, string>> = {
  'handoff.accepted': 'POST /api/handoffs/{id}/accept',
  'handoff.rejected': 'POST /api/handoffs/{id}/reject',
}

/** Why nobody logs an activity of this type by hand; undefined where they may. */
export const whyNotByHand = (type: string): string | undefined =>
  whyOwnType(type) ??
  (Object.hasOwn(waysByHand, type) ? `cannot be logged by hand: use ${waysByHand[type]}` : undefined)
