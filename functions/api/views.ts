import { byActivity } from '../../domain/handoff/follow-lead.ts'
import { acceptanceOf, type Handoff, isOverdue, overdueSince } from '../../domain/handoff/handoff.ts'
import { causeIn } from '../../domain/handoff/handoff-brief.ts'
import { isOfTeam } from '../../domain/handoff/routing.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { nameOf } from '../../domain/lead/lead-summary.ts'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { Deal } from '../../domain/model/deal.ts'
import type { Endpoint } from '../../domain/model/endpoint.ts'
import { localize } from '../../domain/model/form.ts'
import type { Disposition, HandoffRules } from '../../domain/model/handoff-rules.ts'
import type { Sequence, Step } from '../../domain/model/sequence.ts'
import { type DealView, viewDeal } from '../../domain/sales/deal-view.ts'
import { isLapsed } from '../../domain/sending/earlier-emails.ts'
import type { SendStatus } from '../../domain/sending/email-figures.ts'
import { wordPlace } from '../../domain/sequence/place.ts'
import { isOpen, type Run } from '../../domain/sequence/run.ts'
import { type Delivery, type EndpointState, isDisabled } from '../../domain/webhook/delivery.ts'
import type { Lead } from '../ports.ts'
import type { Send } from '../send-ports.ts'

interface RunView {
  readonly leadId: string
  readonly sequence: string
  /** Version of the run's playbook. */
  readonly version: string
  /** Version of the sequence in that playbook; unchanged while the sequence is. */
  readonly sequenceVersion: string | null
  /** Null if unknown. */
  readonly step: number | null
  /** Description of that step. */
  readonly words: string | null
  /** The step that the run is at, or goes on with when it is no longer held; null where it is over or unknown. */
  readonly place: Step | null
  readonly status: Run['status']['type']
  readonly nextAt: string | null
  /** Why the run is held: the sequence is paused, or sales is working on the lead. */
  readonly heldBy?: 'pause' | 'sales'
  /** Why the lead left. */
  readonly because?: string
}

/** @param program the run's version of the sequence; undefined if unknown. */
export const viewRun = (
  { leadId, sequence, playbookVersion, step, status }: Run,
  program: Sequence | undefined,
): RunView => ({
  leadId,
  sequence,
  version: playbookVersion,
  sequenceVersion: program?.version ?? null,
  // The step is negative in a run that was moved to before its first step.
  step: Math.max(0, step),
  words: program ? wordPlace({ step, status }, program.program) : null,
  place: isOpen(status) ? (program?.program[status.type === 'held' ? status.next : step] ?? null) : null,
  status: status.type,
  nextAt: status.type === 'waiting' ? status.until : null,
  ...(status.type === 'held' && { heldBy: status.salesSince === undefined ? 'pause' : 'sales' }),
  ...(status.type === 'exited' && { because: status.because }),
})

/**
 * A run as it was at `at` (RFC 3339 UTC). The step at that time is not kept.
 * @returns undefined before the run began.
 */
export const viewRunAt = (run: Run, program: Sequence | undefined, at: string): RunView | undefined => {
  if (run.enteredAt > at) return undefined
  const isOver = !isOpen(run.status) && run.status.at <= at
  const { heldBy: _held, because: _because, ...began } = viewRun(run, program)
  return isOver
    ? viewRun(run, program)
    : { ...began, step: null, words: null, place: null, status: 'waiting', nextAt: null }
}

/** An email in the console; unknown values are null. */
interface SendView {
  readonly sendId: string
  readonly leadId: string
  readonly email: string
  readonly subject: string | null
  readonly recipient: 'lead' | 'owner'
  readonly sequence: string | null
  /** `unknown`: the sender crashed and SES may have the email; the send is checked again later. */
  readonly status: SendStatus | 'unknown'
  readonly requestedAt: string
  /** When it reached this status. */
  readonly at: string
  readonly reason: string | null
  /** When a held email is retried. */
  readonly until: string | null
  readonly messageId: string | null
  readonly language: string | null
}

export const viewSend = (send: Send, now: string): SendView => ({
  sendId: send.sendId,
  leadId: send.leadId,
  email: send.email,
  subject: send.subject ?? null,
  recipient: send.request.recipient,
  sequence: send.request.run?.sequence ?? null,
  status: isLapsed(send, now) ? 'unknown' : send.status,
  requestedAt: send.requestedAt ?? send.claimedAt,
  at: send.at ?? send.claimedAt,
  reason: send.reason ?? null,
  until: send.until ?? null,
  messageId: send.messageId ?? null,
  language: send.language ?? null,
})

/** Newest first. @param at a past moment: only what was decided until then. */
export const viewSends = (sends: readonly Send[], now: string, at?: string): readonly SendView[] =>
  sends
    .map((send) => viewSend(send, now))
    .filter((view) => at === undefined || view.at <= at)
    .toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.sendId < b.sendId ? 1 : -1))

/** A lead's deals, each with the owner of its handoff. @param now RFC 3339 UTC */
export const viewDeals = (
  deals: readonly Deal[] = [],
  handoffs: readonly Handoff[],
  now: string,
): readonly (DealView & { readonly owner: Handoff['owner'] | null })[] =>
  deals.map((deal) => ({
    ...viewDeal(deal, now),
    owner: handoffs.find(({ handoffId }) => handoffId === deal.handoffId)?.owner ?? null,
  }))

/** A handoff as shown at `now`. `reason` is why sales sent it back or why it is closed; `deadlines` are the current owner's. */
export const viewHandoff = (handoff: Handoff, now: string) => ({
  handoffId: handoff.handoffId,
  leadId: handoff.leadId,
  state: handoff.answer.state,
  owner: handoff.owner,
  team: handoff.team,
  score: handoff.score,
  ...(handoff.explored !== undefined && { explored: true as const }),
  stage: handoff.stage,
  requestedAt: handoff.requestedAt,
  dueAt: handoff.dueAt,
  overdue: isOverdue(handoff, now),
  overdueSince: overdueSince(handoff, now) ?? null,
  deadlines: handoff.deadlines ?? {},
  passed: handoff.passed ?? [],
  reason: reasonOf(handoff),
  answeredBy: handoff.answer.state === 'rejected' ? handoff.answer.by : (acceptanceOf(handoff)?.by ?? null),
})

const reasonOf = ({ answer }: Handoff): string | null => {
  if (answer.state === 'expired') return answer.returnedAs ?? answer.reason ?? null
  return answer.state === 'rejected' ? answer.reason : null
}

/** Whether the owner of an open handoff is in no team any more. It waits for its next deadline, or for a reassignment. */
export const orphaned = (handoff: Handoff, { teams }: Pick<HandoffRules, 'teams'>) =>
  (handoff.answer.state === 'requested' || handoff.answer.state === 'accepted') && !isOfTeam(teams, handoff)
    ? { ownerLeft: true as const }
    : {}

/** Why a handoff can no longer be answered: "This handoff is already accepted by Anna." */
export const alreadyText = ({ state, answeredBy }: ReturnType<typeof viewHandoff>): string => {
  const isAnswer = state === 'accepted' || state === 'rejected'
  const who = answeredBy === byActivity ? 'an activity' : answeredBy
  return `This handoff is already ${state}${isAnswer && who !== null ? ` by ${who}` : ''}.`
}

/** A handoff with all its owners, oldest first, and the reason for each change. */
export const viewHandoffInFull = (handoff: Handoff, now: string) => ({
  ...viewHandoff(handoff, now),
  assignments: handoff.assignments,
})

const textIn = (lead: Lead | undefined, attribute: string): string | null => {
  const value = lead?.state?.attributes[attribute]?.value
  return typeof value === 'string' && value !== '' ? value : null
}

/** What a lead did last, as far as its state tells. */
const lastOf = ({
  seen,
  lastActivityAt: at,
}: LeadState): { readonly type: string; readonly at: string } | null => {
  const [type] = Object.entries(seen).find(([, { last }]) => last === at) ?? []
  return type === undefined ? null : { type, at }
}

/** Whom a handoff is about. @param lead undefined where it was erased. */
export const viewHandedLead = (lead: Lead | undefined) => ({
  name: (lead?.state && nameOf(lead.state)) ?? null,
  company: textIn(lead, 'company'),
  email: lead?.email ?? null,
  phone: textIn(lead, 'phone'),
  last: lead?.state ? lastOf(lead.state) : null,
})

/** A row of the list of handoffs: whom it is about, and what brought them to sales. */
export const viewHandoffRow = (handoff: Handoff, lead: Lead | undefined, now: string) => ({
  ...viewHandoff(handoff, now),
  lead: viewHandedLead(lead),
  because: (lead?.state && causeIn(handoff, lead.state)) ?? null,
})

/** What sales may give as a reason, in the reader's words, and what follows from it. */
export const viewReasons = (reasons: Readonly<Record<string, Disposition>>, language: string) =>
  Object.entries(reasons).map(([reason, disposition]) => {
    const { label, ...follows } = disposition
    return { reason, label: label ? localize(label, language) : reason.replaceAll(/[-_]/g, ' '), follows }
  })

/** Identifies a delivery; neither part contains a full stop. */
const deliveryIdOf = ({ event, webhookId }: Delivery): string => `${event.leadId}.${webhookId}`

export const readDeliveryId = (
  text: string,
): { readonly leadId: LeadId; readonly webhookId: string } | undefined => {
  const [first, webhookId, ...more] = text.split('.')
  const leadId = parseLeadId(first)
  return leadId === undefined || !webhookId || more.length > 0 ? undefined : { leadId, webhookId }
}

/** The address of a chat channel is a credential, so only its host is shown. */
const shownUrl = ({ type, url }: Endpoint): string =>
  type === 'webhook' ? url : `${URL.parse(url)?.origin ?? ''}/…`

const statusOf = (
  endpoint: Endpoint,
  state: EndpointState,
  now: string,
): 'active' | 'resting' | 'disabled' => {
  if (isDisabled(state, endpoint.url)) return 'disabled'
  return state.restUntil !== undefined && now < state.restUntil ? 'resting' : 'active'
}

export const viewEndpoint = (
  endpoint: Endpoint,
  state: EndpointState,
  counts: Readonly<Record<string, number>>,
  now: string,
) => ({
  id: endpoint.id,
  type: endpoint.type,
  url: shownUrl(endpoint),
  events: endpoint.events,
  team: endpoint.team ?? null,
  lead: endpoint.lead,
  status: statusOf(endpoint, state, now),
  ...counts,
  lastError: state.lastError ?? null,
  ...(endpoint.type === 'webhook' && {
    secret: { generation: state.generation, rotatedAt: state.rotatedAt ?? null },
  }),
})

/** `last.answer` comes from the receiver and may repeat personal data sent to it. */
export const viewDelivery = (delivery: Delivery) => ({
  deliveryId: deliveryIdOf(delivery),
  webhookId: delivery.webhookId,
  type: delivery.event.type,
  leadId: delivery.event.leadId,
  occurredAt: delivery.event.occurredAt,
  createdAt: delivery.createdAt,
  state: delivery.state,
  attempts: delivery.attempts,
  nextAt: delivery.nextAt ?? null,
  last: delivery.last ?? null,
  givenUp: delivery.givenUp ?? null,
})
