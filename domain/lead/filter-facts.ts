import { isRefusal, mayVoidRefusals, originOf } from '../activity/subject.ts'
import type { Fact } from '../model/activity.ts'
import { markOf, stateLimits } from '../model/state-limits.ts'
import { optional, optionalList, type StateOf } from './slice.ts'

/** Times in ms since the epoch; `message` links a delivery to its hits. */
export interface Traffic {
  readonly delivered: readonly (readonly [message: string, at: number])[]
  readonly hits: readonly (readonly [message: string, at: number, link: string])[]
  /** The limit was exceeded: further facts need the whole log. */
  readonly cut?: true
}

const fields = {
  /** Hashes of voided fact ids, even of facts yet to come; `*` for any, if there are too many. */
  voids: optionalList<string>(),
  /** Recent deliveries and hits: a further hit may reveal an earlier one as automated. */
  traffic: optional<Traffic>(),
  /** When the earliest held hit may be counted. */
  heldUntil: optional<string>(),
}

type State = StateOf<typeof fields>

/** Exclusions that later facts may depend on. */
export const exclusionSlice = { fields }

/** Programs that identify themselves as crawlers. CUBOT is a phone brand. */
const crawlers = [
  /(?<!cu)bots?\b/i,
  /crawl|spider|scanner/i,
  /barracuda|mimecast|proofpoint|fireeye|messagelabs|symantec|trend ?micro|forcepoint|sophos|cloudmark|ironport|bitdefender|mailguard/i,
  /safe ?links|linkpreview|bingpreview|skypeuripreview|facebookexternalhit|slack-imgproxy|whatsapp|telegram/i,
]

/** Programs that fetch pages without a reader: crawlers, link checkers of mail gateways, previews, scripts. */
const machineAgents = [
  ...crawlers,
  /headless|phantomjs|puppeteer|playwright/i,
  /^(?:curl|wget|python|go-http-client|java|okhttp|libwww|lwp|ruby|php|axios|node|undici|apache-httpclient)\b/i,
]

/** Whether this `User-Agent` identifies a program rather than a browser or mail client. */
export const isMachineAgent = (agent: string): boolean => machineAgents.some((known) => known.test(agent))

/**
 * Whether it identifies a crawler, whose beacons are dropped. Other programs may send them: a site's server on behalf of a
 * visitor, and test browsers.
 */
export const isCrawler = (agent: string): boolean => crawlers.some((known) => known.test(agent))

/** How long (ms) a hit is held: evidence of automation arrives within that time. */
const hitHold = 5_000

/** No person clicks this soon after delivery (ms); gateways click even before they report the delivery. */
const nearDelivery = 5_000

/** No person follows two links of an email within this time (ms). */
const burst = 1_000

/** How long deliveries and hits affect later ones (ms). */
const memory = Math.max(nearDelivery, burst)

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** An open or a click, which machines also do. */
const isHit = ({ type }: Fact): boolean => type === 'email.opened' || type === 'email.clicked'

/** Key shared by a delivery and its hits. Undefined for a hit reported by another program without a message id. */
const messageOf = ({ properties }: Fact): string | undefined =>
  text(properties.sendId) ?? text(properties.messageId)

/** A delivery has two keys: Trichter's links know the send, other reports may only know the message. */
const deliveredAs = ({ properties }: Fact): readonly string[] =>
  [text(properties.sendId), text(properties.messageId)].filter((name) => name !== undefined)

/** When a hit may be counted (ms); undefined for other facts, and for hits without a message. */
export const hitReleasedAt = (fact: Fact): number | undefined =>
  isHit(fact) && messageOf(fact) !== undefined ? Date.parse(fact.occurredAt) + hitHold : undefined

/** Why the hit itself reveals a machine. */
const ownMark = ({ properties }: Fact): string | undefined => {
  if (text(properties.method)?.toUpperCase() === 'HEAD') return 'asked for with HEAD'
  const agent = text(properties.userAgent)
  return agent !== undefined && isMachineAgent(agent) ? 'a known scanner' : undefined
}

/** Which facts are automated, and whether facts applied earlier are. */
interface Classified {
  /** Reasons by fact id. */
  readonly machine: ReadonlyMap<string, string>
  /** A hit in `before` turned out to be automated: the log has to be folded again. */
  readonly reachesBack: boolean
  readonly traffic: Traffic | undefined
}

/** Deliveries of one message, and the hits on it. */
interface Message {
  readonly delivered: number[]
  readonly hits: { readonly at: number; readonly link: string; readonly fact?: Fact }[]
}

const gather = (before: Traffic | undefined, facts: readonly Fact[]): ReadonlyMap<string, Message> => {
  const messages = new Map<string, Message>()
  const of = (given: string): Message => {
    const name = markOf(given)
    const known = messages.get(name) ?? { delivered: [], hits: [] }
    messages.set(name, known)
    return known
  }
  for (const [name, at] of before?.delivered ?? []) of(name).delivered.push(at)
  for (const [name, at, link] of before?.hits ?? []) of(name).hits.push({ at, link })
  for (const fact of facts) {
    if (fact.type === 'email.delivered')
      for (const name of deliveredAs(fact)) of(name).delivered.push(Date.parse(fact.occurredAt))
    const name = isHit(fact) ? messageOf(fact) : undefined
    if (name === undefined) continue
    const link = markOf(text(fact.properties.link) ?? '')
    of(name).hits.push({ at: Date.parse(fact.occurredAt), link, fact })
  }
  return messages
}

/** Whether another link of the message was followed within `burst`; hits are ordered by time. */
const isOneOfSeveral = (hits: Message['hits'], index: number): boolean => {
  const hit = hits[index]
  if (!hit || hit.link === '') return false
  for (const step of [-1, 1])
    for (let next = index + step; ; next += step) {
      const other = hits[next]
      if (!other || Math.abs(other.at - hit.at) > burst) break
      if (other.link !== '' && other.link !== hit.link) return true
    }
  return false
}

/** Why each hit on a message is automated; undefined if it may be a person's. */
const judge = ({ delivered, hits }: Message): readonly (string | undefined)[] =>
  hits.map(({ at, fact }, index) => {
    const own = fact && ownMark(fact)
    if (own !== undefined) return own
    if (delivered.some((when) => Math.abs(at - when) <= nearDelivery)) return 'within seconds of delivery'
    return isOneOfSeveral(hits, index) ? 'several links within a second' : undefined
  })

/** Whether a hit in `before` is judged differently now. @param after begins with the hits of `before`. */
const judgesOtherwise = (before: Message | undefined, after: readonly (string | undefined)[]): boolean =>
  before !== undefined && judge(before).some((was, index) => was === undefined && after[index] !== undefined)

/** A fixed order, whatever the order of arrival. */
const byTime = (a: readonly [string, number, string?], b: readonly [string, number, string?]): number =>
  a[1] - b[1] || (a.join() < b.join() ? -1 : 1)

const toRemember = (messages: ReadonlyMap<string, Message>, last: number): Traffic | undefined => {
  const since = last - memory
  const delivered: Traffic['delivered'][number][] = []
  const hits: Traffic['hits'][number][] = []
  for (const [name, message] of messages) {
    for (const at of message.delivered) if (at >= since) delivered.push([name, at])
    for (const { at, link } of message.hits) if (at >= since) hits.push([name, at, link])
  }
  if (delivered.length + hits.length === 0) return undefined
  const most = stateLimits.traffic
  return {
    delivered: delivered.toSorted(byTime).slice(-most),
    hits: hits.toSorted(byTime).slice(-most),
    ...(Math.max(delivered.length, hits.length) > most && { cut: true }),
  }
}

/** @param facts in order, each id once, none earlier than those in `before`. */
export const classifyHits = (facts: readonly Fact[], before?: Traffic): Classified => {
  const machine = new Map<string, string>()
  for (const fact of facts) {
    const because = isHit(fact) && messageOf(fact) === undefined ? ownMark(fact) : undefined
    if (because !== undefined) machine.set(fact.id, because)
  }
  const remembered = gather(before, [])
  const messages = gather(before, facts)
  let reachesBack = before?.cut === true && facts.length > 0
  for (const [name, message] of messages) {
    const marks = judge(message)
    for (const [index, because] of marks.entries()) {
      const fact = message.hits[index]?.fact
      if (fact && because !== undefined) machine.set(fact.id, because)
    }
    reachesBack ||= judgesOtherwise(remembered.get(name), marks)
  }
  const last = facts.at(-1)
  const traffic = last ? toRemember(messages, Date.parse(last.occurredAt)) : before
  return { machine, reachesBack, traffic }
}

/** Why a fact does not count. */
export type Exclusion =
  | { readonly type: 'voided'; readonly by: string }
  /** Automated, not done by a person. */
  | { readonly type: 'machine'; readonly because: string }
  /** Not yet counted: evidence of automation may still arrive. */
  | { readonly type: 'held'; readonly until: string }
  /** A hit on our links without consent to tracking. */
  | { readonly type: 'untracked' }

/** Facts with exclusions: voided, automated and held ones. */
export interface FilteredFacts {
  /** Exclusions by fact id. */
  readonly leftOut: ReadonlyMap<string, Exclusion>
  readonly heldUntil: string | undefined
  readonly voids: readonly string[]
  readonly traffic: Traffic | undefined
  /** They affect facts applied before: the whole log has to be folded. */
  readonly reachesBack: boolean
}

/** Replaces too many hashes: any further fact may be voided, so the whole log is needed. */
const anyVoid = '*'

/** Can only be reverted by their opposite, since more than the log depends on them. */
const familyChanges = ['lead.merged', 'lead.unmerged']

const structural = ['activity.voided', ...familyChanges]

/** Whether a fact is about the log itself (a voiding, a merge, a separation) and not about the lead. */
export const isStructural = ({ type }: Pick<Fact, 'type'>): boolean => structural.includes(type)

/** Voided ids with the facts that void each. A voiding that is itself voided by a later one has no effect. */
const voidedBy = (facts: readonly Fact[]): ReadonlyMap<string, readonly Fact[]> => {
  const voided = new Map<string, readonly Fact[]>()
  for (const fact of facts.toReversed()) {
    const { id, type, properties } = fact
    const { activityId } = properties
    if (type === 'activity.voided' && typeof activityId === 'string' && !voided.has(id))
      voided.set(activityId, [fact, ...(voided.get(activityId) ?? [])])
  }
  return voided
}

/** The fact that this one is derived from: its activity, or the form whose consent it confirms. */
const causeOf = ({ id, type, properties }: Fact): string | undefined => {
  const { submission } = properties
  return (
    originOf(id) ?? (type === 'consent.granted' && typeof submission === 'string' ? submission : undefined)
  )
}

/** By fact id: the fact that voids it or its cause. A refusal of mail by a person or their provider can only be voided by an admin. */
const voidings = (
  facts: readonly Fact[],
  voided: ReadonlyMap<string, readonly Fact[]>,
): ReadonlyMap<string, string> => {
  const by = new Map<string, string>()
  if (voided.size === 0) return by
  for (const fact of facts) {
    if (familyChanges.includes(fact.type)) continue
    const cause = causeOf(fact) ?? ''
    const [voiding] = (voided.get(fact.id) ?? []).filter((one) => !isRefusal(fact) || mayVoidRefusals(one))
    const inherited = isRefusal(fact) ? undefined : (by.get(cause) ?? voided.get(cause)?.[0]?.id)
    const id = voiding?.id ?? inherited
    if (id !== undefined) by.set(fact.id, id)
  }
  return by
}

/** Whether the new facts invalidate `before`, so that the whole log has to be folded. */
const unsettles = (facts: readonly Fact[], { voids = [] }: State): boolean => {
  const ids = new Set(facts.map(({ id }) => id))
  if (facts.length > 0 && voids.includes(anyVoid)) return true
  return facts.some((fact) => {
    const origin = originOf(fact.id)
    const isTakenBack = voids.includes(markOf(fact.id)) || voids.includes(markOf(causeOf(fact) ?? ''))
    return isTakenBack || (origin !== undefined && !ids.has(origin))
  })
}

/**
 * Decides which facts count, independently of their order of arrival. Voiding a fact also excludes those derived from it.
 * @param facts in order, each id once, all later than those in `before`.
 * @param now ms; undefined: no hit is held.
 */
export const filterFacts = (
  facts: readonly Fact[],
  now: number | undefined,
  before?: State,
): FilteredFacts => {
  const voided = voidedBy(facts)
  const voiding = voidings(facts, voided)
  const { machine, traffic, reachesBack } = classifyHits(
    facts.filter(({ id }) => !voiding.has(id)),
    before?.traffic,
  )
  const leftOut = new Map<string, Exclusion>()
  const voids = new Set([...(before?.voids ?? []), ...[...voided.keys()].map(markOf)])
  let heldUntil: number | undefined
  for (const fact of facts) {
    const by = voiding.get(fact.id)
    const because = machine.get(fact.id)
    const release = now === undefined ? undefined : hitReleasedAt(fact)
    if (by !== undefined) leftOut.set(fact.id, { type: 'voided', by })
    else if (because !== undefined) leftOut.set(fact.id, { type: 'machine', because })
    else if (release !== undefined && now !== undefined && release > now) {
      leftOut.set(fact.id, { type: 'held', until: new Date(release).toISOString() })
      heldUntil = Math.min(release, heldUntil ?? release)
    }
  }
  const until = heldUntil === undefined ? undefined : new Date(heldUntil).toISOString()
  return {
    leftOut,
    heldUntil: earlier(before?.heldUntil, until),
    voids: voids.size > stateLimits.voids || voids.has(anyVoid) ? [anyVoid] : [...voids].toSorted(),
    traffic,
    reachesBack: reachesBack || (before !== undefined && unsettles(facts, before)),
  }
}

const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a
