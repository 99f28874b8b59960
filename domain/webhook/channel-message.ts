import { localize } from '../form/localize.ts'
import { stageIds } from '../funnel/funnel-rules.ts'
import { phaseWords, stageWords } from '../funnel/stage-words.ts'
import type { HandoffRules } from '../handoff/handoff-rules.ts'
import { moneyOf } from '../sales/money.ts'
import { salesPhases } from '../sales/sales-phases.ts'
import { readableTime } from '../time/readable-time.ts'
import { eventTitle, type Label, labelWords } from './event-words.ts'
import { type Background, readableContact } from './told.ts'
import type { WebhookEvent } from './webhook-event.ts'

/** A message as people in a channel read it, before it is dressed for one product. */
export interface ChannelMessage {
  readonly title: string
  readonly facts: readonly { readonly label: string; readonly value: string }[]
}

export interface Wording {
  readonly language: string
  /** IANA; where no team is known. */
  readonly timeZone: string
  readonly rules: HandoffRules
  /** Whether names, address and phone may be said. */
  readonly withLead: boolean
}

/** Events after which somebody still has to answer. */
const isOpen = (type: WebhookEvent['type']): boolean =>
  type === 'HandoffRequested' ||
  type === 'HandoffAssigned' ||
  type === 'HandoffReminded' ||
  type === 'HandoffEscalated'

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** Why it was rejected or lost, in the words of the playbook. */
const reasonOf = ({ data, type }: WebhookEvent, { rules, language }: Wording): string | undefined => {
  const reason = text(data.reason)
  if (reason === undefined) return undefined
  const known = type === 'DealLost' ? rules.lost : rules.reject
  const label = known && Object.hasOwn(known, reason) ? known[reason]?.label : undefined
  return label ? localize(label, language) : reason.replaceAll('-', ' ')
}

const isDecimal = (amount: string): amount is `${number}` => /^\d+(\.\d+)?$/.test(amount)

/** What a deal is worth, as people write it: `€1,200.50`, `1.200,50 €`; to the last digit, as text is no floating point. */
const worth = ({ data }: WebhookEvent, language: string): string | undefined => {
  const money = moneyOf(data)
  if (!money || !isDecimal(money.amount)) return undefined
  return new Intl.NumberFormat(language, { style: 'currency', currency: money.currency }).format(money.amount)
}

/** Facts about the handoff that the event, or else the handoff itself, tells. */
const situation = (
  event: WebhookEvent,
  { handoff }: Background,
  wording: Wording,
): readonly (readonly [Label, string | undefined])[] => {
  const { language, rules } = wording
  const { data } = event
  // Where nobody is named, by this people know which lead is meant: it stands in the owner's email and in the console.
  const handoffId = wording.withLead ? undefined : (text(data.handoffId) ?? handoff?.handoffId)
  const team = text(data.team) ?? handoff?.team
  const score = typeof data.score === 'number' ? data.score : handoff?.score
  const stage = stageIds.find((known) => known === (data.stage ?? handoff?.stage))
  const phase = salesPhases.find((known) => known === (data.phase ?? data.to))
  const dueAt = text(data.dueAt) ?? handoff?.dueAt
  const zone =
    (team !== undefined && Object.hasOwn(rules.teams, team) && rules.teams[team]?.timeZone) || undefined
  return [
    ['case', handoffId],
    ['team', team],
    ['score', score === undefined ? undefined : String(Math.round(score))],
    ['stage', stage && stageWords(stage, language)],
    ['phase', phase && phaseWords(phase, language)],
    ['reason', reasonOf(event, wording)],
    ['value', worth(event, language)],
    [
      'due',
      isOpen(event.type) && dueAt !== undefined
        ? readableTime(language, dueAt, zone ?? wording.timeZone)
        : undefined,
    ],
  ]
}

const people = ({ lead, handoff }: Background): readonly (readonly [Label, string | undefined])[] => {
  const contact = lead ? readableContact(lead) : {}
  const name = [text(contact.firstName), text(contact.lastName)].filter((part) => part !== undefined)
  return [
    ['lead', name.join(' ') || undefined],
    ['company', text(contact.company)],
    ['email', text(contact.email)],
    ['phone', text(contact.phone)],
    ['owner', handoff?.owner.name],
  ]
}

/**
 * What a channel is told. It has no link to the page where the owner answers: whoever may read the channel could answer
 * in the owner's name.
 */
export const channelMessage = (
  event: WebhookEvent,
  background: Background,
  wording: Wording,
): ChannelMessage => {
  const { language, withLead } = wording
  const facts = [...(withLead ? people(background) : []), ...situation(event, background, wording)]
  return {
    title: eventTitle(event.type, language),
    facts: facts.flatMap(([label, value]) =>
      value === undefined ? [] : [{ label: labelWords(label, language), value }],
    ),
  }
}
