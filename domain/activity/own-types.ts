/** Types that nobody but Trichter records, each with the way to have it recorded. */
const waysIn: Readonly<Record<string, string>> = {
  'lead.merged': 'POST /api/leads/{leadId}/merge',
  'lead.unmerged': 'POST /api/leads/{leadId}/unmerge',
  'confirmation.refused': 'the link in the email that asks for a confirmation',
}

/** Why an activity of this type is not taken from outside; undefined where it is. */
export const whyOwnType = (type: string): string | undefined =>
  Object.hasOwn(waysIn, type) ? `cannot be sent: use ${waysIn[type]}` : undefined

/** Answers that a program may report, and for which a person has a way that also closes the handoff at once. */
const waysByHand: Readonly<Record<string, string>> = {
  'handoff.accepted': 'POST /api/handoffs/{id}/accept',
  'handoff.rejected': 'POST /api/handoffs/{id}/reject',
}

/** What people may log of these kinds: all else there is seen or decided by Trichter, or by the mail service, alone. */
const loggedByHand: Readonly<Record<string, readonly string[]>> = {
  email: ['email.unsubscribed'],
  consent: ['consent.granted', 'consent.withdrawn'],
  activity: ['activity.voided'],
  form: [],
  lead: [],
  stage: [],
  sequence: [],
  broadcast: [],
  import: [],
  playbook: [],
  handoff: [],
}

const seenAlone = 'cannot be logged by hand: it is recorded when it is seen to happen'

/** Why nobody logs an activity of this type by hand; undefined where they may. */
export const whyNotByHand = (type: string): string | undefined => {
  const own = whyOwnType(type)
  if (own !== undefined) return own
  if (Object.hasOwn(waysByHand, type)) return `cannot be logged by hand: use ${waysByHand[type]}`
  const noun = type.slice(0, type.indexOf('.'))
  if (Object.hasOwn(loggedByHand, noun)) return loggedByHand[noun]?.includes(type) ? undefined : seenAlone
  return type.split('.').some((part) => part in Object.prototype) ? 'is no name for an activity' : undefined
}
