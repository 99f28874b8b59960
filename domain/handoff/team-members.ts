import type { Member, Team } from './handoff-rules.ts'

export const isSameAddress = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase()

/** A member of the team or its lead, by address; undefined once they have left the playbook. */
export const memberOf = ({ members, lead }: Team, address: string): Member | undefined =>
  [...members, ...(lead ? [lead] : [])].find(({ email }) => isSameAddress(email, address))

type Teams = Readonly<Record<string, Team>>

/** Whether whoever has something is of the team that it is with: nobody is once they, or the whole team, left the playbook. */
export const isOfTeam = (teams: Teams, { team: id, owner }: Held): boolean => {
  const team = Object.hasOwn(teams, id) ? teams[id] : undefined
  return team !== undefined && memberOf(team, owner.email) !== undefined
}

interface Held {
  readonly team: string
  readonly owner: { readonly email: string }
}

/** Whether somebody of this address is in any team: whoever is in none may neither read of a lead nor answer for it. */
export const isInSales = (teams: Teams, address: string): boolean =>
  Object.values(teams).some((team) => memberOf(team, address) !== undefined)

/** How events name a member: by their place in the team, so that nobody outside learns who it is. */
export const placeOf = ({ members }: Team, { email }: Member): { member: number } | { lead: true } => {
  const place = members.findIndex((member) => isSameAddress(member.email, email))
  return place < 0 ? { lead: true } : { member: place }
}
