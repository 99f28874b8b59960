import type { ChannelCost } from '../activity/parse-activity.ts'
import { signedLink } from '../lead/consent.ts'
import { hitReleasedAt, isStructural } from '../lead/filter-facts.ts'
import { draftOf } from '../lead/fold.ts'
import { timeInStages } from '../lead/funnel.ts'
import { closeDraft, type LeadState } from '../lead/lead-state.ts'
import { reasonId } from '../lead/sales.ts'
import { compareFacts, type Fact } from '../model/activity.ts'
import { type Deal, type Money, minorDigits, moneyOf, stageRank } from '../model/deal.ts'
import type { Rules } from '../rules/rules.ts'
import { withoutCampaign } from './email-clicks.ts'
import { type History, type KpiHandoff, type KpiSend, type Row, type RowKind, rowKinds } from './row.ts'
import { creditsOf, firstTouch, type Origin, sharingModels, touchesOf } from './touch.ts'

/** What the fold knows of a person. */
interface Folded {
  /** Those that count, in order. */
  readonly facts: readonly Fact[]
  readonly state: LeadState
  readonly outcomes: readonly Outcome[]
}

/** A deal from an opening to its closing, if it is closed. */
interface Outcome {
  readonly deal: Deal
  readonly openedAt: string
  /** When it was opened again. */
  readonly until?: string
}

const none = { until: null, next: null, first: null, value: null, key: null, n: 1, amount: null } as const

/** A row without lead and origin, which are added to all. */
type Told = Omit<Row, 'lead' | 'source' | 'campaign'>

const tell = (kind: RowKind, at: string | number, more: Partial<Told> = {}): Told => ({
  ...none,
  currency: null,
  kind,
  happenedAt: typeof at === 'string' ? Date.parse(at) : at,
  ...more,
})

const ms = (at: string | undefined | null): number | null => (at ? Date.parse(at) : null)

/** As `Row.value` has it; what is beyond all measure counts as the most. */
const millionths = (value: number): number => Math.max(-most, Math.min(most, Math.round(value * 1e6)))
const most = 2 ** 52

const day = 86_400_000

/** As `Row.amount` has it. */
const scaled = ({ amount, currency }: Money): Pick<Row, 'amount' | 'currency'> => {
  const [whole = '0', fraction = ''] = amount.split('.')
  return { amount: BigInt(whole + fraction.padEnd(4, '0')), currency }
}

const worth = (money: Money | undefined): Partial<Told> => (money ? scaled(money) : {})

/** Follows the deals through the fold: what was won or lost counts until the deal is opened again. */
const followDeals = () => {
  const outcomes: Outcome[] = []
  const places = new Map<string, number>()
  const put = (deal: Deal, at: string): void => {
    const place = places.get(deal.dealId) ?? -1
    const before = outcomes[place]
    const isReopened = before?.deal.closedAt !== undefined && deal.status === 'open'
    if (before) outcomes[place] = isReopened ? { ...before, until: at } : { ...before, deal }
    if (before && !isReopened) return
    places.set(deal.dealId, outcomes.length)
    outcomes.push({ deal, openedAt: before ? at : deal.openedAt })
  }
  return {
    outcomes,
    dealsChanged: ({ occurredAt }: Fact, deals: readonly Deal[]): void => {
      for (const deal of deals) put(deal, occurredAt)
    },
  }
}

/** A hit counts at once: if it turns out to be a machine's, the fact that shows it has the rows made again. */
const whenReleased = (log: readonly Fact[], now: string): string => {
  const released = log.reduce((last, fact) => Math.max(last, hitReleasedAt(fact) ?? 0), Date.parse(now))
  return new Date(released).toISOString()
}

/** Undefined where nothing counts. */
const fold = ({ log }: History, rules: Rules, now: string): Folded | undefined => {
  const leftOut = new Set<string>()
  const { outcomes, dealsChanged } = followDeals()
  const watcher = { leftOut: ({ id }: Fact) => void leftOut.add(id), dealsChanged }
  const draft = draftOf(log, rules, whenReleased(log, now), watcher)
  const ids = new Set<string>()
  const facts = log
    .toSorted(compareFacts)
    .filter((fact) => ids.size < ids.add(fact.id).size && !leftOut.has(fact.id) && !isStructural(fact))
  if (!draft || facts.length === 0) return undefined
  return { facts, state: closeDraft(draft, rules), outcomes }
}

/** When an address became known: before, they are a visitor, not a lead. */
const knownSince = (facts: readonly Fact[]): string | undefined =>
  facts.find(({ email, properties: { fields } }) => {
    const hasField = typeof fields === 'object' && fields !== null && 'email' in fields
    return email !== undefined || hasField
  })?.occurredAt

const stageRows = ({ state }: Folded): readonly Told[] => {
  const stays = timeInStages(state, state.createdAt)
  return stays.map(({ stage, at, until, implied, cycle }, index) => {
    const next = stays
      .slice(index + 1)
      .find((later) => later.cycle === cycle && stageRank(later.stage) > stageRank(stage))
    return tell('stage', at, { key: stage, until: ms(until), next: ms(next?.at), n: implied ? 0 : 1 })
  })
}

/** Properties that are summed up, by type. */
const measured: ReadonlyMap<string, string> = new Map([
  ['page.engaged', 'seconds'],
  ['offer.rated', 'rating'],
  ['customer.rated', 'rating'],
])

const activityRow = ({ type, occurredAt, properties }: Fact): Told => {
  const value = properties[measured.get(type) ?? '']
  const { needs } = properties
  return tell('activity', occurredAt, {
    key: type,
    ...(typeof value === 'number' && { value: millionths(value) }),
    // A record without a list still counts as asked.
    ...(type === 'needs.recorded' && { n: Array.isArray(needs) ? needs.length : 0 }),
  })
}

const dealRows = ({ deal, openedAt, until }: Outcome, first: number): readonly Told[] => {
  const { closedAt } = deal
  const amount = worth(deal.value)
  const opened = tell('deal', openedAt, { until: ms(closedAt), ...amount })
  if (closedAt === undefined) return [opened]
  const key = deal.phases.some(({ phase }) => phase === 'negotiation') ? 'negotiated' : 'deal'
  const value = millionths((Date.parse(closedAt) - Date.parse(deal.openedAt)) / day)
  const kind = deal.status === 'lost' ? 'loss' : 'purchase'
  return [opened, tell(kind, closedAt, { key, first, value, until: ms(until), ...amount })]
}

/** Even repeated ones. */
const negotiationRows = ({ phases, closedAt }: Deal): readonly Told[] =>
  phases.flatMap(({ phase, at, endedAt }, index) =>
    phase === 'negotiation'
      ? [tell('negotiation', at, { until: ms(endedAt ?? phases[index + 1]?.at ?? closedAt) })]
      : [],
  )

/** What became of forms: a link that confirms two consents is one confirmation. */
const formRows = (facts: readonly Fact[]): readonly Told[] => {
  const confirmed = new Set<string>()
  return facts.flatMap(({ id, type, occurredAt, properties }): readonly Told[] => {
    const { form: key, submission } = properties
    if (typeof key !== 'string' || key === '') return []
    if (type === 'form.submitted') return [tell('submitted', occurredAt, { key })]
    if (type !== 'consent.granted' || properties.confirmed !== true) return []
    const isFirst = confirmed.size < confirmed.add(`${key} ${submission ?? id}`).size
    return isFirst ? [tell('confirmed', occurredAt, { key })] : []
  })
}

const orderRow = ({ occurredAt, properties }: Fact, first: number): Told =>
  tell('purchase', occurredAt, { key: 'order', first, ...worth(moneyOf(properties)) })

/** The first answer to each handoff, in order: later ones change nothing. */
const answersIn = (facts: readonly Fact[]): readonly Fact[] => {
  const answered = new Set<string>()
  return facts.filter(({ id, type, properties: { handoffId } }) => {
    if (type !== 'handoff.accepted' && type !== 'handoff.rejected') return false
    return answered.size < answered.add(typeof handoffId === 'string' ? handoffId : id).size
  })
}

/** When sales answered, or the handoff was withdrawn. */
const answeredAt = ({ answer }: KpiHandoff): string | undefined => {
  switch (answer.state) {
    case 'requested':
      return undefined
    case 'accepted':
    case 'rejected':
    case 'expired':
      return answer.at
    case 'won':
    case 'lost':
      return answer.accepted?.at ?? answer.at
    default:
      return answer satisfies never
  }
}

const handoffRows = (handoff: KpiHandoff): readonly Told[] => {
  const answered = answeredAt(handoff)
  const { requestedAt, dueAt, overdueSince, explored } = handoff
  // What is not answered yet is overdue from then on, unless it is answered before.
  const since = overdueSince ?? (answered === undefined || answered > dueAt ? dueAt : undefined)
  return [
    tell('handoff', requestedAt, { until: ms(answered), key: explored === undefined ? null : 'explored' }),
    ...(since === undefined ? [] : [tell('overdue', since)]),
  ]
}

const answerRow = (
  { type, occurredAt, properties: { handoffId, reason } }: Fact,
  { qualifications }: LeadState,
  handoffs: readonly KpiHandoff[],
): Told => {
  const asked =
    handoffs.find((handoff) => handoff.handoffId === handoffId)?.requestedAt ??
    qualifications.findLast(({ at }) => at <= occurredAt)?.at
  const first = asked !== undefined && asked <= occurredAt ? Date.parse(asked) : null
  if (type === 'handoff.accepted') return tell('accepted', occurredAt, { first })
  const known = reasonId(typeof reason === 'string' ? reason : undefined).reason
  return tell('rejected', occurredAt, { first, key: typeof known === 'string' ? known : null })
}

const runRows = ({ sequence: key, enteredAt, status }: History['runs'][number]): readonly Told[] => {
  switch (status.type) {
    case 'waiting':
    case 'held':
      return [tell('run', enteredAt, { key })]
    case 'exited':
      return [tell('run', enteredAt, { key, until: ms(status.at) })]
    case 'completed':
    case 'goal':
      return [tell('run', enteredAt, { key, until: ms(status.at) }), tell(status.type, status.at, { key })]
    default:
      return status satisfies never
  }
}

/** What may become of an email. */
const fates: ReadonlyMap<string, RowKind> = new Map([
  ['email.delivered', 'delivered'],
  ['email.opened', 'opened'],
  ['email.clicked', 'clicked'],
  ['email.unsubscribed', 'unsubscribed'],
])

/** The send that a fact is about: the one that it names, else the latest of its email before it. */
const sendOf = (
  { occurredAt, properties: { sendId, email } }: Fact,
  sends: readonly KpiSend[],
): KpiSend | undefined =>
  typeof sendId === 'string'
    ? sends.find((send) => send.sendId === sendId)
    : sends.findLast((send) => send.email === email && send.sentAt <= occurredAt)

/**
 * The link that was followed, where it is one of our own: of an address that stands in the template, the same for everybody.
 * What other programs report may hold anything.
 */
const linkOf = ({ type, properties: { via, link } }: Fact): string | undefined =>
  type === 'email.clicked' && via === signedLink && typeof link === 'string' && URL.canParse(link)
    ? withoutCampaign(link)
    : undefined

/** Each fate of each email once, and each of its links: the first time. */
const sendRows = (facts: readonly Fact[], sends: readonly KpiSend[]): readonly Told[] => {
  const keyOf = ({ sequence, email }: KpiSend): string => `${sequence ?? '-'}/${email}`
  const seen = new Set<string>()
  const met = facts.flatMap((fact): readonly Told[] => {
    const kind = fates.get(fact.type)
    const send = kind && sendOf(fact, sends)
    if (!kind || !send) return []
    const link = linkOf(fact)
    const key = keyOf(send)
    const told = [
      tell(kind, fact.occurredAt, { key, first: ms(send.sentAt) }),
      ...(link === undefined
        ? []
        : [tell('link', fact.occurredAt, { key: `${key} ${link}`, first: ms(send.sentAt) })]),
    ]
    return told.filter((one) => seen.size < seen.add(`${one.kind} ${one.key} ${send.sendId}`).size)
  })
  return [...sends.map((send) => tell('sent', send.sentAt, { key: keyOf(send) })), ...met]
}

const creditRows = (purchase: Row, touches: ReturnType<typeof touchesOf>): readonly Row[] => {
  const { amount, currency, source, campaign, happenedAt } = purchase
  if (amount === null || currency === null) return []
  const before = touches.filter(({ at }) => at <= happenedAt)
  const unit = 10n ** BigInt(4 - (minorDigits(currency) ?? 4))
  return sharingModels.flatMap((model) =>
    creditsOf(model, { amount, unit }, before, { source, campaign }).map((credit) => ({
      ...purchase,
      ...credit,
      kind: 'credit' as const,
      key: model,
      value: null,
    })),
  )
}

/** Of the same kind. */
const order = [
  'key',
  'happenedAt',
  'lead',
  'source',
  'campaign',
  'until',
  'next',
  'first',
  'value',
  'n',
  'amount',
  'currency',
] as const
const ranks: ReadonlyMap<RowKind, number> = new Map(rowKinds.map((kind, rank) => [kind, rank]))

/** The order of stored rows: by kind, key and moment, and then so that the same rows stand in the same order. */
export const compareRows = (a: Row, b: Row): number => {
  if (a.kind !== b.kind) return (ranks.get(a.kind) ?? 0) - (ranks.get(b.kind) ?? 0)
  for (const name of order) {
    const [one, other] = [a[name], b[name]]
    if (one === other) continue
    if (one === null || other === null) return one === null ? -1 : 1
    return one < other ? -1 : 1
  }
  return 0
}

const allTold = (folded: Folded, { handoffs, runs, sends }: History): readonly Told[] => {
  const { facts, state, outcomes } = folded
  const created = Date.parse(state.createdAt)
  const known = knownSince(facts)
  const inOrder = sends.toSorted((a, b) =>
    a.sentAt < b.sentAt || (a.sentAt === b.sentAt && a.sendId < b.sendId) ? -1 : 1,
  )
  return [
    tell('lead', created),
    ...(known === undefined ? [] : [tell('known', known)]),
    ...stageRows(folded),
    ...state.qualifications.map(({ at, score }) => tell('qualified', at, { value: millionths(score) })),
    ...facts.map(activityRow),
    ...formRows(facts),
    ...facts.filter(({ type }) => type === 'order.completed').map((fact) => orderRow(fact, created)),
    ...outcomes.flatMap((outcome) => dealRows(outcome, created)),
    ...(state.deals ?? []).flatMap(negotiationRows),
    ...handoffs.flatMap(handoffRows),
    ...answersIn(facts).map((fact) => answerRow(fact, state, handoffs)),
    ...runs.flatMap(runRows),
    ...sendRows(facts, inOrder),
  ]
}

/**
 * What counts of a person, in the order of `compareRows`. The order of arrival, repeats and voided facts change nothing, and
 * merged leads count as one.
 * @param now RFC 3339 UTC; what the fold knows of later moments is left to a later making of the rows.
 */
export const rowsOf = (history: History, rules: Rules, now: string): readonly Row[] => {
  const folded = fold(history, rules, now)
  if (!folded) return []
  const touches = touchesOf(folded.facts)
  const origin: Origin = firstTouch(touches)
  const rows = allTold(folded, history).map((told): Row => ({ lead: history.leadId, ...origin, ...told }))
  const credits = rows.filter(({ kind }) => kind === 'purchase').flatMap((row) => creditRows(row, touches))
  return [...rows, ...credits].toSorted(compareRows)
}

/** The row of what a channel cost. */
export const costRow = ({ source, campaign, occurredAt, amount, currency }: ChannelCost): Row => ({
  ...{ lead: null, source, campaign },
  ...tell('cost', occurredAt, scaled({ amount, currency })),
})
