import type { Member, Team } from './handoff-rules.ts'

export const isSameAddress = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase()

/** A member of the team or its lead, by address; undefined once they have left the playbook. */
export const memberOf = ({ members, lead }: Team, address: string): Member | undefined =>
  [...members, ...(lead ? [lead] : [])].find(({ email }) => isSameAddress(email, address))

/** How events name a member: by their place in the team, so that nobody outside learns who it is. */
export const placeOf = ({ members }: Team, { email }: Member): { member: number } | { lead: true } => {
  const place = members.findIndex((member) => isSameAddress(member.email, email))
  return place < 0 ? { lead: true } : { member: place }
}
