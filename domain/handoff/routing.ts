import { Temporal } from 'temporal-polyfill'
import type { LeadState } from '../lead/lead-state.ts'
import type { HandoffRules, Member, Team } from '../model/handoff-rules.ts'
import { weekdays } from '../model/settings.ts'
import type { AssignedBecause, Handoff } from './handoff.ts'

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

const localTime = (now: string, { timeZone }: Pick<Team, 'timeZone'>): Temporal.ZonedDateTime =>
  Temporal.Instant.from(now).toZonedDateTimeISO(timeZone)

/** Whether `now` is on one of the days on which the member is away, first and last included, in the team's zone. */
export const isAbsent = ({ absent = [] }: Member, team: Pick<Team, 'timeZone'>, now: string): boolean => {
  if (absent.length === 0) return false
  const today = localTime(now, team).toPlainDate().toString()
  return absent.some(({ from, to }) => from <= today && today <= to)
}

/** Whether the member is at work at `now`: by their own hours, else by the team's; the moment of closing is not. */
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

/**
 * What each member of a team is owed, by address in lower case: the state of its round. Whoever is owed most is next.
 * Absent: nothing.
 */
export type CurrentWeights = Readonly<Record<string, number>>

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
 * Of `equals` whoever had their turn longest ago; they then stand at the end of the line. Who was passed over is the first
 * once they are there again, and once only. @param members everybody of the team, in its order.
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

/** How a team stands when one of it is chosen. */
export interface TeamStatus {
  readonly owed: CurrentWeights
  /** Open handoffs by address in lower case; absent: none. */
  readonly loads: ReadonlyMap<string, number>
  readonly now: string
  /** Addresses of those who are not to have it. */
  readonly except?: readonly string[]
}

export interface Turn {
  readonly member: Member
  readonly owed: CurrentWeights
}

const loadOf = ({ loads }: Pick<TeamStatus, 'loads'>, { email }: Member): number =>
  loads.get(email.toLowerCase()) ?? 0

/** Whether the member may be given a handoff at all: not away, and below capacity. */
export const isAvailable = (member: Member, team: Team, status: TeamStatus): boolean =>
  !isAbsent(member, team, status.now) && loadOf(status, member) < (member.capacity ?? Infinity)

/**
 * Whose turn it is by the team's strategy. Those who are away, full or excepted are passed over, and whoever is not at work
 * while somebody else is; out of everybody's hours the turn is taken as usual.
 * @returns undefined when nobody is left.
 */
export const chooseMember = (team: Team, status: TeamStatus): Turn | undefined => {
  const { except = [], now, owed } = status
  const available = team.members.filter(
    (member) =>
      !except.some((address) => isSameAddress(address, member.email)) && isAvailable(member, team, status),
  )
  // Where all have the same hours, all are at work or nobody is.
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

/** Where nobody is available: the member with the least to do, whatever else speaks against it; of equals in turn. */
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

/** Whether loads decide anything in this team: where they do not, they need not be read. */
export const needsLoads = ({ strategy, members }: Team): boolean =>
  strategy === 'least-loaded' || members.some(({ capacity }) => capacity !== undefined)

/** The first route that matches. @throws a defect when none does: a checked playbook ends in a route without `when`. */
export const chooseTeam = (rules: HandoffRules, matches: (condition: string) => boolean): Team => {
  const route = rules.route.find(({ when }) => when === undefined || matches(when))
  const team = route && rules.teams[route.team]
  if (!team) throw new Error('handoff.yaml: no route matches, or it names a team that is not there')
  return team
}

/** The team of the last route: where leads go that nobody else takes. */
export const defaultTeam = (rules: Pick<HandoffRules, 'route' | 'teams'>): Team => {
  const team = rules.teams[rules.route.at(-1)?.team ?? '']
  if (!team) throw new Error('handoff.yaml: the last route names a team that is not there')
  return team
}

/** How a team's turns stand. All that is handed to the team goes through this one state, so that turns are counted once. */
export interface RoundRobin {
  readonly team: string
  /** 0: not stored yet. */
  readonly version: number
  readonly owed: CurrentWeights
  /** The latest turns given: whoever asks again for one of them is given the same. */
  readonly claims: readonly AssignedTurn[]
}

export interface AssignedTurn {
  readonly handoffId: string
  /** Which assignment of the handoff it is for, from 1. */
  readonly assignment: number
  /** Address of the member. */
  readonly owner: string
  readonly because: AssignedBecause
  readonly at: string
}

/** A handoff as it counts for its team. */
export interface CountedHandoff {
  readonly handoffId: string
  /** Address of the member who has it. */
  readonly owner: string
  /** Which assignment that is, from 1. */
  readonly assignment: number
  /** Requested or accepted, and with this team. */
  readonly isOpen: boolean
}

/** Longer than anybody works on a message: what is claimed after that was cut short, and is a load only once it is taken up again. */
const turnCounts = 15 * 60_000

/**
 * How many open handoffs each member has, by address in lower case: those counted, and turns given that are not counted
 * yet. What was closed within the last hour has to be among `counted`, so that its turn is known to be over.
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

/** How a stored handoff counts in each team that had it: with the one that has it while it is open, with no other. */
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
  /** Since when it is not open there any more. */
  readonly closedAt?: string
}

/**
 * Mail providers that anybody may have an address at: their domain says nothing of a company. The most used ones of
 * HubSpot's list of free providers (knowledge.hubspot.com, "Domains blocked from form submissions") and those of Germany,
 * Austria and Switzerland.
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

/** Providers with a domain in each country. */
const families = /^(yahoo|hotmail|outlook|live|gmx|yandex)\.((co|com)\.)?([a-z]{2}|com|net|org|info|biz|eu)$/

const isFreeMail = (domain: string): boolean => domains.has(domain) || families.test(domain)

/** At the end of a company's name: the same company with and without. */
const legalForms =
  /(?: (?:gmbh(?: (?:und )?co kg)?|mbh|ug|ag|se|kg|kgaa|ohg|gbr|ek|eg|ev|inc|llc|llp|ltd|limited|corp|corporation|plc|sa|sas|sarl|srl|spa|bv|nv|oy|ab|as|aps))+$/

/** Without case, punctuation and legal form; empty where nothing is left that names a company. */
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
 * What says that two leads are of one company, the surest first: the `company` that they gave, and the domain of their
 * address unless anybody may have one there. Texts to be hashed before they are a key.
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
