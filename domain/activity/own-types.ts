/** Types that nobody but Trichter records, each with the way to have it recorded. */
const waysIn: Readonly<Record<string, string>> = {
  'lead.merged': 'POST /api/leads/{leadId}/merge',
  'lead.unmerged': 'POST /api/leads/{leadId}/unmerge',
}

/** Why an activity of this type is not taken from outside; undefined where it is. */
export const whyOwnType = (type: string): string | undefined =>
  Object.hasOwn(waysIn, type) ? `cannot be sent: use ${waysIn[type]}` : undefined
