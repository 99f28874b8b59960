import type { Traffic } from '../lead/lead-state.ts'
import { markOf, stateLimits } from '../lead/state-limits.ts'
import type { Fact } from './activity.ts'
import { isMachineAgent } from './machine-agents.ts'

/** A hit is not counted before it is this old (ms): what shows that it was a machine's arrives within that time. */
export const hitHold = 5_000
/** Nobody reads and clicks this soon after delivery (ms); gateways do it even before they report the delivery. */
const nearDelivery = 5_000
/** Nobody follows two links of one email within this time (ms). */
const burst = 1_000
/** How long deliveries and hits matter to what comes after them (ms). */
const memory = Math.max(nearDelivery, burst)

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** An open or a click: what a machine may do as well as a person. */
export const isHit = ({ type }: Fact): boolean => type === 'email.opened' || type === 'email.clicked'

/** What a delivery and the hits on it share. Undefined for a hit that somebody's program reports without saying which message. */
const messageOf = ({ properties }: Fact): string | undefined =>
  text(properties.sendId) ?? text(properties.messageId)

/** A delivery goes by both names: links that Trichter signs know the send, what others report may know the message only. */
const deliveredAs = ({ properties }: Fact): readonly string[] =>
  [text(properties.sendId), text(properties.messageId)].filter((name) => name !== undefined)

/** When a hit may be counted (ms); undefined for what is no hit, or one that nothing could be learnt about. */
export const hitReleasedAt = (fact: Fact): number | undefined =>
  isHit(fact) && messageOf(fact) !== undefined ? Date.parse(fact.occurredAt) + hitHold : undefined

/** What the hit itself gives away. */
const ownMark = ({ properties }: Fact): string | undefined => {
  if (text(properties.method)?.toUpperCase() === 'HEAD') return 'asked for with HEAD'
  const agent = text(properties.userAgent)
  return agent !== undefined && isMachineAgent(agent) ? 'a known scanner' : undefined
}

/** Which of some facts are a machine's doing, and whether earlier ones that were taken already are. */
export interface Classified {
  /** By fact id: why. */
  readonly machine: ReadonlyMap<string, string>
  /** What comes now shows that a hit in `before` was a machine's: the log has to be folded anew. */
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
    const at = Date.parse(fact.occurredAt)
    if (fact.type === 'email.delivered') for (const name of deliveredAs(fact)) of(name).delivered.push(at)
    const name = isHit(fact) ? messageOf(fact) : undefined
    if (name !== undefined) of(name).hits.push({ at, link: markOf(text(fact.properties.link) ?? ''), fact })
  }
  return messages
}

/** Whether another link of the message was followed within `burst`; hits stand in order of time. */
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

/** Why each hit on a message is a machine's; undefined for one that may be a person's. */
const judge = ({ delivered, hits }: Message): readonly (string | undefined)[] =>
  hits.map(({ at, fact }, index) => {
    const own = fact && ownMark(fact)
    if (own !== undefined) return own
    if (delivered.some((when) => Math.abs(at - when) <= nearDelivery)) return 'within seconds of delivery'
    return isOneOfSeveral(hits, index) ? 'several links within a second' : undefined
  })

/** Whether a hit that was remembered as a person's is judged otherwise now. @param after what stood in `before` comes first in it. */
const judgesOtherwise = (before: Message | undefined, after: readonly (string | undefined)[]): boolean =>
  before !== undefined && judge(before).some((was, index) => was === undefined && after[index] !== undefined)

/** One order, however they came together. */
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

/** @param facts in order, each id once, none earlier than those that `before` remembers. */
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
