import { neutralText, withoutHidden } from '../email/email-variables.ts'
import type { Handoff } from '../handoff/handoff.ts'
import { type Attribute, isBlank } from '../lead/attributes.ts'
import type { LeadState } from '../lead/lead-state.ts'
import type { LeadId } from '../model/activity.ts'
import { moneyOf, salesPhases, stageIds } from '../model/deal.ts'
import type { Endpoint } from '../model/endpoint.ts'
import { events } from '../model/event-table.ts'
import type { WebhookEventType } from '../model/events.ts'
import { localize } from '../model/form.ts'
import type { HandoffRules } from '../model/handoff-rules.ts'
import type { JsonObject } from '../model/json.ts'
import type { Playbook } from '../model/playbook.ts'
import type { Texts } from '../texts/en.ts'
import { textsIn } from '../texts/texts.ts'
import { readableTime } from '../time/local-time.ts'

type Label = Exclude<keyof Texts['channel'], 'open'>

/** What happened, as the headline of a message. */
const eventTitle = (type: WebhookEventType, language: string): string =>
  textsIn(language).events?.[type] ?? events[type].title

/** What is known beside the event when it is told. */
export interface Background {
  readonly handoff?: Handoff
  readonly lead?: { readonly email?: string; readonly state: LeadState }
  /** Its page in the console, which asks who is there. */
  readonly page?: string
}

/** Attributes that a CRM needs to know whom it is about. */
const contactAttributes = ['firstName', 'lastName', 'company', 'phone'] as const

const contactIn = (
  attributes: Readonly<Record<string, Attribute>>,
  worded: (text: string, attribute: Attribute) => string,
): JsonObject =>
  Object.fromEntries(
    contactAttributes.flatMap((name) => {
      const attribute = attributes[name]
      const value = attribute?.value
      return attribute && typeof value === 'string' && !isBlank(value)
        ? [[name, worded(value, attribute)]]
        : []
    }),
  )

/** Who the lead is, for endpoints that asked for it. `unconfirmed`: what forms said that nobody has confirmed. */
const contactOf = ({ email, state }: NonNullable<Background['lead']>): JsonObject => {
  const unconfirmed = contactIn(state.unconfirmed ?? {}, withoutHidden)
  return {
    ...(email !== undefined && { email }),
    ...contactIn(state.attributes, withoutHidden),
    ...(Object.keys(unconfirmed).length > 0 && { unconfirmed }),
  }
}

/** The same for people in a channel, where what a form said leads nowhere by a click. */
const readableContact = ({ email, state }: NonNullable<Background['lead']>): JsonObject => ({
  ...(email !== undefined && { email }),
  ...contactIn(state.attributes, (text, { given }) =>
    given === undefined ? withoutHidden(text) : neutralText(text),
  ),
})

/** A message as people in a channel read it, before it is dressed for one product. */
interface ChannelMessage {
  readonly title: string
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  readonly link?: { readonly text: string; readonly url: string }
}

interface Wording {
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
    ['stage', stage && textsIn(language).stages[stage]],
    ['phase', phase && textsIn(language).phases[phase]],
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
 * What a channel is told. It leads to the console, where people sign in, and not to the page where the owner answers: every
 * reader of the channel could answer in the owner's name.
 */
const channelMessage = (event: WebhookEvent, background: Background, wording: Wording): ChannelMessage => {
  const { language, withLead } = wording
  const facts = [...(withLead ? people(background) : []), ...situation(event, background, wording)]
  return {
    title: eventTitle(event.type, language),
    facts: facts.flatMap(([label, value]) =>
      value === undefined ? [] : [{ label: textsIn(language).channel[label], value }],
    ),
    ...(background.page !== undefined && {
      link: { text: textsIn(language).channel.open, url: background.page },
    }),
  }
}

/** Slack's limits: characters of a header and of a field, fields of a section. */
const longestHeader = 150
const longestField = 2_000
const mostFields = 10

const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text

/** The three signs that mean something to Slack in any text: links and mentions of everybody begin with one. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const plain = (text: string): JsonObject => ({ type: 'plain_text', text, emoji: false })

/** `verbatim`: an address in somebody's company name does not become a link. */
const marked = (text: string): JsonObject => ({ type: 'mrkdwn', text, verbatim: true })

/** Body for an incoming webhook of Slack: Block Kit, and a line of text for notifications and screen readers. */
const slackMessage = ({ title, facts, link }: ChannelMessage): JsonObject => ({
  text: escaped([title, ...facts.map(({ label, value }) => `${label}: ${value}`)].join(' · ')).slice(
    0,
    3_000,
  ),
  blocks: [
    { type: 'header', text: plain(cut(title, longestHeader)) },
    ...(facts.length === 0
      ? []
      : [
          {
            type: 'section',
            // What escaping makes longer: an entity has five characters at most.
            fields: facts
              .slice(0, mostFields)
              .map(({ label, value }) =>
                marked(`*${escaped(label)}*\n${escaped(cut(value, longestField / 6))}`),
              ),
          },
        ]),
    ...(link
      ? [{ type: 'actions', elements: [{ type: 'button', text: plain(link.text), url: link.url }] }]
      : []),
  ],
})

/** Teams takes about 28 KB a message; a fact needs no more. */
const longestValue = 1_000

/** Runs of text and no text block: in a text block Teams would read somebody's company name as Markdown. */
const line = (...runs: readonly JsonObject[]): JsonObject => ({
  type: 'RichTextBlock',
  inlines: runs.map((run) => ({ type: 'TextRun', ...run })),
})

/**
 * Body for a Teams workflow («When a Teams webhook request is received»): one Adaptive Card. The connectors that took
 * message cards are retired.
 */
const teamsMessage = ({ title, facts, link }: ChannelMessage): JsonObject => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        fallbackText: title,
        body: [
          line({ text: title, size: 'Large', weight: 'Bolder' }),
          ...facts.map(({ label, value }) =>
            line({ text: `${label}: `, weight: 'Bolder' }, { text: value.slice(0, longestValue) }),
          ),
        ],
        ...(link && { actions: [{ type: 'Action.OpenUrl', title: link.text, url: link.url }] }),
      },
    },
  ],
})

/**
 * Body for a program: `{ id, type, timestamp, data }` (Standard Webhooks). `data` is what the event says, with how the
 * handoff was asked for; who it is about only with `withLead`.
 */
const webhookPayload = (
  event: WebhookEvent,
  { handoff, lead, page }: Background,
  withLead: boolean,
): JsonObject => ({
  id: event.decisionId,
  type: event.type,
  timestamp: event.occurredAt,
  data: {
    ...(handoff && {
      handoffId: handoff.handoffId,
      team: handoff.team,
      score: handoff.score,
      stage: handoff.stage,
      requestedAt: handoff.requestedAt,
      dueAt: handoff.dueAt,
    }),
    ...event.data,
    leadId: event.leadId,
    ...(page !== undefined && { page }),
    ...(withLead && lead && { lead: contactOf(lead) }),
    ...(withLead && handoff && { owner: { ...handoff.owner } }),
  },
})

/** What `endpoint` is told of `event`. */
export const composeBody = (
  endpoint: Endpoint,
  event: WebhookEvent,
  background: Background,
  { handoff: rules, settings }: Pick<Playbook, 'handoff' | 'settings'>,
): JsonObject => {
  const message = (language: string | undefined) =>
    channelMessage(event, background, {
      language: language ?? settings.languages[0],
      timeZone: settings.timeZone,
      rules,
      withLead: endpoint.lead,
    })
  switch (endpoint.type) {
    case 'webhook':
      return webhookPayload(event, background, endpoint.lead)
    case 'slack':
      return slackMessage(message(endpoint.language))
    case 'teams':
      return teamsMessage(message(endpoint.language))
    default:
      return endpoint satisfies never
  }
}

/** A decision that others are told of, as it left on the bus: no personal data in it. */
export interface WebhookEvent {
  readonly decisionId: string
  readonly type: WebhookEventType
  /** RFC 3339 UTC. */
  readonly occurredAt: string
  readonly leadId: LeadId
  readonly data: JsonObject
}

/**
 * What a receiver tells repeats by: the id of the decision, the same on every attempt. Standard Webhooks allows no full
 * stop in it, since one parts it from the time in what is signed; that and all else that a header may not hold is written
 * as `~` and four hexadecimal digits, so that two decisions never have one id.
 */
export const webhookIdOf = (decisionId: string): string =>
  decisionId.replaceAll(/[^\w:-]/g, (sign) => `~${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
