import { Temporal } from 'temporal-polyfill'
import type { LeadState } from '../lead/lead-state.ts'
import type { HandoffRules, Member, Team } from '../model/handoff-rules.ts'
import { weekdays } from '../model/settings.ts'
import type { AssignedBecause, Handoff } from './handoff.ts'

export const isSameAddress = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase()

/** A member of the team or its lead, by address; undefined after they have left. */
export const memberOf = ({ members, lead }: Team, address: string): Member | undefined =>
  [...members, ...(lead ? [lead] : [])].find(({ email }) => isSameAddress(email, address))

type Teams = Readonly<Record<string, Team>>

/** Whether the owner is still in the handoff's team; false if the team was removed. */
export const isOfTeam = (teams: Teams, { team: id, owner }: Held): boolean => {
  const team = Object.hasOwn(teams, id) ? teams[id] : undefined
  return team !== undefined && memberOf(team, owner.email) !== undefined
}

interface Held {
  readonly team: string
  readonly owner: { readonly email: string }
}

/** Whether this address is in any team: only those may read about leads and answer. */
export const isInSales = (teams: Teams, address: string): boolean =>
  Object.values(teams).some((team) => memberOf(team, address) !== undefined)

/** Events identify a member by the index in the team, which reveals no name. */
export const placeOf = ({ members }: Team, { email }: Member): { member: number } | { lead: true } => {
  const place = members.findIndex((member) => isSameAddress(member.email, email))
  return place < 0 ? { lead: true } : { member: place }
}

const localTime = (now: string, { timeZone }: Pick<Team, 'timeZone'>): Temporal.ZonedDateTime =>
  Temporal.Instant.from(now).toZonedDateTimeISO(timeZone)

/** Whether the member is absent at `now`, first and last day included, in the team's zone. */
export const isAbsent = ({ absent = [] }: Member, team: Pick<Team, 'timeZone'>, now: string): boolean => {
  if (absent.length === 0) return false
  const today = localTime(now, team).toPlainDate().toString()
  return absent.some(({ from, to }) => from <= today && today <= to)
}

/** Whether the member is at work at `now`, by their own hours or else the team's; closing time is exclusive. */
export const isAtWork = ({ hours }: Member, team: Team, now: string): boolean => {
  const { days, from, to } = hours ?? team.hours
  const local = localTime(now, team)
  const weekday = weekdays[local.dayOfWeek - 1]
  const time = local.toPlainTime().toString({ smallestUnit: 'minute' })
  return (
    weekday !== undefined &&
    days.includes(weekday) &&
    !team.holidays.includes(local.toPlainDate().toString()) &&
    from <= time &&
    time < to
  )
}

/** Current weights of a team's members, by address in lower case: the state of the round-robin. The highest is next; absent means 0. */
export type CurrentWeights = Readonly<Record<string, number>>

export interface Candidate {
  readonly email: string
  readonly weight?: number
}

/** Weights in thousandths, so that sums stay exact. */
const units = ({ weight = 1 }: Candidate): number => Math.round(weight * 1000)

/**
 * Smooth weighted round-robin: each candidate's current weight grows by their weight; the highest is chosen, the first of
 * equals, and pays the total. Over a full round the shares are exact, and nobody gets two turns in a row if avoidable.
 * Non-candidates keep their weight, so that they are not flooded when they return.
 * Source: the algorithm of nginx's upstream balancer (2012).
 * @returns undefined without a candidate.
 */
export const takeTurn = <Member extends Candidate>(
  owed: CurrentWeights,
  candidates: readonly Member[],
): { readonly member: Member; readonly owed: CurrentWeights } | undefined => {
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
 * Chooses the one of `equals` whose last turn is longest ago, and moves them to the end of the line. Members passed over are
 * first once they return, and only once. @param members all members of the team, in order.
 */
export const takeNextInLine = <Member extends Candidate>(
  owed: CurrentWeights,
  members: readonly Member[],
  equals: readonly Member[],
): { readonly member: Member; readonly owed: CurrentWeights } | undefined => {
  const dueTo = ({ email }: Candidate): number => owed[email.toLowerCase()] ?? 0
  const line = members.toSorted((one, other) => dueTo(other) - dueTo(one))
  const member = line.find((one) => equals.includes(one))
  if (!member) return undefined
  const after = [...line.filter((one) => one !== member), member].toReversed()
  return { member, owed: Object.fromEntries(after.map(({ email }, place) => [email.toLowerCase(), place])) }
}

/** A team's status when a member is chosen. */
export interface TeamStatus {
  readonly owed: CurrentWeights
  /** Open handoffs by address in lower case; absent: none. */
  readonly loads: ReadonlyMap<string, number>
  readonly now: string
  /** Addresses to leave out. */
  readonly except?: readonly string[]
}

export interface Turn {
  readonly member: Member
  readonly owed: CurrentWeights
}

const loadOf = ({ loads }: Pick<TeamStatus, 'loads'>, { email }: Member): number =>
  loads.get(email.toLowerCase()) ?? 0

/** Whether the member can be assigned: not away, and below capacity. */
export const isAvailable = (member: Member, team: Team, status: TeamStatus): boolean =>
  !isAbsent(member, team, status.now) && loadOf(status, member) < (member.capacity ?? Infinity)

/**
 * Chooses the next member by the team's strategy. Skips members who are away, full or excepted, and those not at work while
 * others are; outside everybody's hours, turns are taken as usual.
 * @returns undefined if nobody is left.
 */
export const chooseMember = (team: Team, status: TeamStatus): Turn | undefined => {
  const { except = [], now, owed } = status
  const available = team.members.filter(
    (member) =>
      !except.some((address) => isSameAddress(address, member.email)) && isAvailable(member, team, status),
  )
  // With the same hours for all, either all are at work or none.
  const differ = available.some(({ hours }) => hours !== undefined)
  const atWork = differ ? available.filter((member) => isAtWork(member, team, now)) : []
  const candidates = atWork.length > 0 ? atWork : available
  switch (team.strategy) {
    case 'round-robin':
      return takeNextInLine(owed, team.members, candidates)
    case 'weighted':
      return takeTurn(owed, candidates)
    case 'least-loaded':
      return takeNextInLine(owed, team.members, leastLoaded(candidates, status))
    default:
      return team.strategy satisfies never
  }
}

/** If nobody is available: the member with the fewest handoffs, whatever the reason; among equals by turn. */
export const chooseRegardless = (team: Team, status: TeamStatus): Turn => {
  const { except = [] } = status
  const others = team.members.filter(
    (member) => !except.some((address) => isSameAddress(address, member.email)),
  )
  const pool = others.length > 0 ? others : team.members
  const [member] = team.members
  return (
    takeNextInLine(status.owed, team.members, leastLoaded(pool, status)) ?? {
      member,
      owed: status.owed,
    }
  )
}

const leastLoaded = (members: readonly Member[], status: TeamStatus): readonly Member[] => {
  const least = Math.min(...members.map((member) => loadOf(status, member)))
  return members.filter((member) => loadOf(status, member) === least)
}

/** Whether the team's strategy depends on loads; otherwise they need not be read. */
export const needsLoads = ({ strategy, members }: Team): boolean =>
  strategy === 'least-loaded' || members.some(({ capacity }) => capacity !== undefined)

/** The first route that matches. @throws a defect when none does: a checked playbook ends in a route without `when`. */
export const chooseTeam = (rules: HandoffRules, matches: (condition: string) => boolean): Team => {
  const route = rules.route.find(({ when }) => when === undefined || matches(when))
  const team = route && rules.teams[route.team]
  if (!team) throw new Error('handoff.yaml: no route matches, or it names a team that is not there')
  return team
}

/** The team of the last route, which takes all remaining leads. */
export const defaultTeam = (rules: Pick<HandoffRules, 'route' | 'teams'>): Team => {
  const team = rules.teams[rules.route.at(-1)?.team ?? '']
  if (!team) throw new Error('handoff.yaml: the last route names a team that is not there')
  return team
}

/** State of a team's turns. All assignments to the team use it, so that turns are counted once. */
export interface RoundRobin {
  readonly team: string
  /** 0: not stored yet. */
  readonly version: number
  readonly owed: CurrentWeights
  /** The latest turns: a repeated request gets the same result. */
  readonly claims: readonly AssignedTurn[]
}

export interface AssignedTurn {
  readonly handoffId: string
  /** Number of the handoff's assignment, from 1. */
  readonly assignment: number
  /** Address of the member. */
  readonly owner: string
  readonly because: AssignedBecause
  readonly at: string
}

/** A handoff as counted for its team. */
export interface CountedHandoff {
  readonly handoffId: string
  /** Address of the member who has it. */
  readonly owner: string
  /** Number of the assignment, from 1. */
  readonly assignment: number
  /** Requested or accepted, and with this team. */
  readonly isOpen: boolean
}

/** Longer than any message is processed: an older claim was interrupted, and only counts again once it is resumed. */
const turnCounts = 15 * 60_000

/**
 * Open handoffs of each member, by address in lower case: counted ones, and assigned turns not counted yet. `counted` must
 * include handoffs closed within the last hour, so that their turns are known to be over.
 */
export const loadsOf = (
  counted: readonly CountedHandoff[],
  claims: readonly AssignedTurn[],
  now: string,
): ReadonlyMap<string, number> => {
  const owners = new Map<string, string>()
  const known = new Map(counted.map((handoff) => [handoff.handoffId, handoff.assignment]))
  for (const { handoffId, owner, isOpen } of counted) if (isOpen) owners.set(handoffId, owner)
  for (const { handoffId, assignment, owner, at } of claims)
    if (Date.parse(now) - Date.parse(at) < turnCounts && (known.get(handoffId) ?? 0) < assignment)
      owners.set(handoffId, owner)
  const loads = new Map<string, number>()
  for (const owner of owners.values())
    loads.set(owner.toLowerCase(), (loads.get(owner.toLowerCase()) ?? 0) + 1)
  return loads
}

/** How a stored handoff counts for each team that had it: only for the current one, while open. */
export const countedIn = ({ handoffId, team, owner, assignments, answer }: Handoff): readonly Counted[] => {
  const isRunning = answer.state === 'requested' || answer.state === 'accepted'
  const teams = new Set(assignments.map((assignment) => assignment.team))
  return [...teams].map((one) => {
    const isOpen = isRunning && one === team
    const closedAt = isRunning ? assignments.at(-1)?.at : answer.at
    return {
      team: one,
      handoffId,
      owner: owner.email,
      assignment: assignments.length,
      isOpen,
      ...(!isOpen && closedAt !== undefined && { closedAt }),
    }
  })
}

export interface Counted extends CountedHandoff {
  readonly team: string
  /** When it stopped being open there. */
  readonly closedAt?: string
}

/**
 * Public mail providers, whose domain does not identify a company. The most common of HubSpot's list of free providers
 * (knowledge.hubspot.com, "Domains blocked from form submissions"), and those of Germany, Austria and Switzerland.
 */
const domains: ReadonlySet<string> = new Set([
  'gmail.com',
  'googlemail.com',
  'icloud.com',
  'me.com',
  'mac.com',
  'msn.com',
  'aol.com',
  'aol.de',
  'ymail.com',
  'rocketmail.com',
  'web.de',
  'email.de',
  't-online.de',
  'freenet.de',
  'arcor.de',
  'posteo.de',
  'posteo.net',
  'mailbox.org',
  'proton.me',
  'pm.me',
  'protonmail.com',
  'tuta.com',
  'tutanota.com',
  'tutanota.de',
  'mail.com',
  'fastmail.com',
  'zohomail.com',
  'aon.at',
  'chello.at',
  'bluewin.ch',
  'hispeed.ch',
  'orange.fr',
  'free.fr',
  'laposte.net',
  'libero.it',
  'wp.pl',
  'seznam.cz',
  'mail.ru',
  'qq.com',
  '163.com',
  'comcast.net',
  'verizon.net',
])

/** Providers with national domains. */
const families = /^(yahoo|hotmail|outlook|live|gmx|yandex)\.((co|com)\.)?([a-z]{2}|com|net|org|info|biz|eu)$/

const isFreeMail = (domain: string): boolean => domains.has(domain) || families.test(domain)

/** Legal forms at the end of company names, which are ignored. */
const legalForms =
  /(?: (?:gmbh(?: (?:und )?co kg)?|mbh|ug|ag|se|kg|kgaa|ohg|gbr|ek|eg|ev|inc|llc|llp|ltd|limited|corp|corporation|plc|sa|sas|sarl|srl|spa|bv|nv|oy|ab|as|aps))+$/

/** Without case, punctuation and legal form; empty if nothing remains. */
const companyKey = (name: string): string => {
  const words = name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/(?<=\p{L})\.(?=\p{L}(?:\.|\s|$))/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  const bare = words.replace(legalForms, '')
  return bare.replaceAll(' ', '').length < 2 ? '' : bare
}

/**
 * Keys that identify a lead's company, most reliable first: the `company` given, and the domain of the address unless it is a
 * public provider's. To be hashed before use as keys.
 */
export const accountsOf = ({
  email,
  state,
}: {
  readonly email?: string
  readonly state: Pick<LeadState, 'attributes'>
}): readonly string[] => {
  const company = state.attributes.company?.value
  const name = typeof company === 'string' ? companyKey(company) : ''
  const domain = email?.slice(email.lastIndexOf('@') + 1).toLowerCase() ?? ''
  return [
    ...(name === '' ? [] : [`company:${name}`]),
    ...(domain === '' || isFreeMail(domain) ? [] : [`domain:${domain}`]),
  ]
}
