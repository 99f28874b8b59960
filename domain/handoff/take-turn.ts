/**
 * What each member of a team is owed, by address in lower case: the state of its round. Whoever is owed most is next.
 * Absent: nothing.
 */
export type Owed = Readonly<Record<string, number>>

export interface Candidate {
  readonly email: string
  readonly weight?: number
}

/** Weights in thousandths, so that sums stay exact. */
const units = ({ weight = 1 }: Candidate): number => Math.round(weight * 1000)

/**
 * Smooth weighted round-robin: each candidate is owed their weight, whoever is owed most has the turn and pays what all were
 * given; of equals the first. Over a full round the shares are exact, and nobody has two turns running where it can be
 * helped. Who is no candidate keeps what they are owed: coming back, they are not flooded.
 * Source: the algorithm of nginx's upstream balancer (2012).
 * @returns undefined without a candidate.
 */
export const takeTurn = <Member extends Candidate>(
  owed: Owed,
  candidates: readonly Member[],
): { readonly member: Member; readonly owed: Owed } | undefined => {
  const after: Record<string, number> = { ...owed }
  let chosen: Member | undefined
  let most = Number.NEGATIVE_INFINITY
  let given = 0
  for (const member of candidates) {
    const key = member.email.toLowerCase()
    const now = (after[key] ?? 0) + units(member)
    after[key] = now
    given += units(member)
    if (now > most) {
      most = now
      chosen = member
    }
  }
  if (!chosen) return undefined
  after[chosen.email.toLowerCase()] = most - given
  return { member: chosen, owed: after }
}

/**
 * Of `equals` whoever had their turn longest ago; they then stand at the end of the line. Who was passed over is the first
 * once they are there again, and once only. @param members everybody of the team, in its order.
 */
export const takeNextInLine = <Member extends Candidate>(
  owed: Owed,
  members: readonly Member[],
  equals: readonly Member[],
): { readonly member: Member; readonly owed: Owed } | undefined => {
  const dueTo = ({ email }: Candidate): number => owed[email.toLowerCase()] ?? 0
  const line = members.toSorted((one, other) => dueTo(other) - dueTo(one))
  const member = line.find((one) => equals.includes(one))
  if (!member) return undefined
  const after = [...line.filter((one) => one !== member), member].toReversed()
  return { member, owed: Object.fromEntries(after.map(({ email }, place) => [email.toLowerCase(), place])) }
}
