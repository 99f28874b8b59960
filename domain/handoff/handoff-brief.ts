import { Temporal } from 'temporal-polyfill'
import { neutralText, unconfirmedRows } from '../email/email-variables.ts'
import { type ExplainedPoints, explain } from '../lead/explain.ts'
import { isStructural } from '../lead/filter-facts.ts'
import { draftOf } from '../lead/fold.ts'
import type { Qualification } from '../lead/funnel.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { scoreAt, viewAt } from '../lead/lead-view.ts'
import { compareFacts, type Fact } from '../model/activity.ts'
import { type Form, type FormField, localize } from '../model/form.ts'
import type { Json, JsonObject } from '../model/json.ts'
import { isRecord } from '../model/raw.ts'
import { wordsAlone } from '../page/page-layout.ts'
import type { Rules } from '../rules/rules.ts'
import { textsIn } from '../texts/texts.ts'
import { localeOf, readableDay, readableTime } from '../time/local-time.ts'
import type { Handoff } from './handoff.ts'

/** One email that the lead was sent. */
interface MailRow {
  readonly at: string
  readonly when: string
  readonly email: string
  readonly subject: string
  readonly clicked: boolean
  /** Only known with consent to tracking; many mail programs open emails automatically. */
  readonly opened: boolean
  /** In words; empty if unknown. */
  readonly reaction: string
}

const rowLimit = 20

/** Newest first. @param facts those that count. @param subjects sent subjects by send id. */
const mailHistory = (
  facts: readonly Fact[],
  subjects: ReadonlyMap<string, string>,
  { language, timeZone }: Reader,
): readonly MailRow[] => {
  const reactions = (type: string, { properties }: Fact): boolean =>
    facts.some(
      (fact) =>
        fact.type === type &&
        (fact.properties.sendId === undefined
          ? fact.properties.email === properties.email
          : fact.properties.sendId === properties.sendId),
    )
  const { brief } = textsIn(language)
  return facts
    .filter(({ type, properties }) => type === 'email.sent' && typeof properties.email === 'string')
    .slice(-rowLimit)
    .reverse()
    .map((fact) => {
      const email = `${fact.properties.email}`
      const clicked = reactions('email.clicked', fact)
      const opened = reactions('email.opened', fact)
      return {
        at: fact.occurredAt,
        when: readableDay(language, fact.occurredAt, timeZone),
        email,
        subject: subjects.get(`${fact.properties.sendId}`) ?? email,
        clicked,
        opened,
        reaction: clicked ? brief.clicked : opened ? brief.opened : '',
      }
    })
}

/** One kind of activity on one day. */
interface TimelineRow {
  /** Time of the latest, RFC 3339 UTC. */
  readonly at: string
  /** The day in the reader's format. */
  readonly when: string
  readonly type: string
  readonly text: string
  readonly count: number
}

const timelineRowLimit = 50
/** Things named in one line. */
const namedLimit = 3

/** Properties that identify the object of an activity, best first. */
const notable = [
  'title',
  'name',
  'path',
  'url',
  'email',
  'form',
  'campaign',
  'channel',
  'rating',
  'seconds',
  'amount',
  'reason',
  'outcome',
  'orderId',
  'proposalId',
]

/** Types that are not the lead's own actions, or appear elsewhere in the message. */
const untold = new Set(['email.sent', 'email.delivered', 'profile.updated', 'ad.impression'])

/** Newest first: one line per kind and day in the reader's time zone. @param facts those that count, in order. */
export const readableTimeline = (facts: readonly Fact[], reader: Reader): readonly TimelineRow[] => {
  const shown = facts.filter((fact) => !untold.has(fact.type) && !isCovered(fact, facts))
  const days = Map.groupBy(shown, ({ occurredAt, type }) => `${dayOf(occurredAt, reader.timeZone)} ${type}`)
  return [...days.values()]
    .map((group) => rowOf(group, reader))
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.type < b.type ? -1 : 1))
    .slice(0, timelineRowLimit)
}

/** A form with its own activity, which says more. */
const isCovered = ({ id, type }: Fact, facts: readonly Fact[]): boolean =>
  type === 'form.submitted' &&
  facts.some((other) => other.id.startsWith(`${id}~`) && other.type !== 'consent.granted')

const dayOf = (at: string, timeZone: string): string =>
  Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDate().toString()

const activityWords = (type: string, language: string): string => {
  const { activities }: { readonly activities: Readonly<Record<string, string>> } = textsIn(language)
  return (Object.hasOwn(activities, type) ? activities[type] : undefined) ?? type.replaceAll(/[._]/g, ' ')
}

const rowOf = (group: readonly Fact[], { language, timeZone }: Reader): TimelineRow => {
  const latest = group[group.length - 1]
  if (!latest) throw new Error('a day without an activity is no line of a timeline')
  const words = activityWords(latest.type, language)
  const times = group.length > 1 ? ` (${group.length}×)` : ''
  const about = thingsOf(group)
  return {
    at: latest.occurredAt,
    when: readableDay(language, latest.occurredAt, timeZone),
    type: latest.type,
    text: `${words}${times}${about === '' ? '' : `: ${neutralText(about)}`}`,
    count: group.length,
  }
}

/** `/pricing (3×), /product, …`: most frequent first. */
const thingsOf = (group: readonly Fact[]): string => {
  const counts = new Map<string, number>()
  for (const { properties } of group) {
    const thing = notable.map((name) => properties[name]).find(isShort)
    if (thing !== undefined) counts.set(`${thing}`, (counts.get(`${thing}`) ?? 0) + 1)
  }
  const named = [...counts].sort(([, a], [, b]) => b - a)
  const shown = named
    .slice(0, namedLimit)
    .map(([thing, count]) => (count > 1 && named.length > 1 ? `${thing} (${count}×)` : thing))
  return [...shown, ...(named.length > namedLimit ? ['…'] : [])].join(', ')
}

const isShort = (value: Json | undefined): value is string | number =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && value.length <= 120)

/** A form field as filled in by the lead, in the reader's language. */
export interface LeadAnswer {
  readonly label: string
  /** Original lines. */
  readonly text: string
  /** A diallable telephone number; otherwise empty. */
  readonly phone: string
}

/** A form as the lead filled it in. */
export interface FilledForm {
  readonly form: string
  readonly title: string
  /** RFC 3339 UTC. */
  readonly at: string
  readonly when: string
  readonly answers: readonly LeadAnswer[]
}

/** Most forms in one message; identical submissions count once. */
const most = 5

const optionWords = (field: FormField, value: string, language: string): string => {
  const option = field.options?.find((one) => one.value === value)
  // Anybody may have written it, so URLs in it must not become links.
  return option ? localize(option.label, language) : neutralText(value)
}

const textOf = (field: FormField, value: Json, { language }: Reader): string => {
  if (field.type === 'checkbox')
    return textsIn(language).brief[value === true || value === 'true' ? 'yes' : 'no']
  if (Array.isArray(value)) return value.map((one) => optionWords(field, String(one), language)).join(', ')
  if (typeof value === 'number') return new Intl.NumberFormat(language).format(value)
  if (typeof value !== 'string') return ''
  if (field.type === 'date' && /^\d{4}-\d{2}-\d{2}$/.test(value))
    return new Intl.DateTimeFormat(localeOf(language), {
      dateStyle: 'medium',
      timeZone: 'UTC',
    }).format(new Date(value))
  return optionWords(field, value, language).replaceAll('\r\n', '\n').trim()
}

const answerOf = (field: FormField, value: Json | undefined, reader: Reader): readonly LeadAnswer[] => {
  if (field.type === 'hidden' || field.type === 'email' || value === undefined || value === null) return []
  const text = textOf(field, value, reader)
  const phone = field.type === 'tel' ? text.replaceAll(/[^\d+]/g, '') : ''
  const label = wordsAlone(localize(field.label, reader.language))
  return text === '' ? [] : [{ label, text, phone }]
}

const filled = (fact: Fact, form: Form, reader: Reader): FilledForm => {
  const { fields } = fact.properties
  const values = isRecord(fields) ? (fields as Readonly<Record<string, Json>>) : {}
  return {
    form: form.id,
    title: localize(form.title, reader.language),
    at: fact.occurredAt,
    when: readableTime(reader.language, fact.occurredAt, reader.timeZone),
    answers: form.fields.flatMap((field) => answerOf(field, values[field.name], reader)),
  }
}

/**
 * Submitted forms, latest first: every visible field except the address, which is shown separately. Identical submissions
 * appear once.
 * @param facts those that count, in order.
 */
export const leadAnswers = (
  facts: readonly Fact[],
  forms: Readonly<Record<string, Form>>,
  reader: Reader,
): readonly FilledForm[] => {
  const all = facts.flatMap((fact) => {
    const id = fact.properties.form
    const form = fact.type === 'form.submitted' && typeof id === 'string' ? forms[id] : undefined
    return form && Object.hasOwn(forms, form.id) ? [filled(fact, form, reader)] : []
  })
  const answered = all.filter(({ answers }) => answers.length > 0)
  const words = ({ form, answers }: FilledForm): string => JSON.stringify([form, answers])
  return [...new Map(answered.map((one) => [words(one), one])).values()]
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, most)
}

/** Total of one rule's awards. */
interface ScorePart {
  readonly rule: string
  /** The rule's label in the reader's language, or its id. */
  readonly label: string
  /** Points when awarded. */
  readonly points: number
  /** Their value when the lead qualified. */
  readonly decayedTo: number
  /** Time of the latest award, RFC 3339 UTC. */
  readonly at: string
  readonly when: string
}

interface Scored {
  readonly parts: readonly ScorePart[]
  /** Points awarded in the seven days before. */
  readonly gained: number
}

const week = 7 * 86_400_000

/** The qualification behind the handoff; undefined if the lead's log no longer has it. */
const qualificationOf = ({ handoffId }: Handoff, { qualifications }: LeadState) => {
  const cycle = Number(handoffId.slice(handoffId.lastIndexOf('.') + 1))
  return qualifications.find((qualification) => qualification.cycle === cycle)
}

/** The score at qualification, split by rule so that the parts add up to the score of the handoff. */
const scoreParts = ({ handoff, lead, facts }: Briefed, rules: Rules, reader: Reader): Scored => {
  const qualified = qualificationOf(handoff, lead.state)
  const at = qualified?.at ?? handoff.requestedAt
  const explanation = explain(qualified ? upTo(facts, qualified) : facts, rules, at, lead.email)
  const since = new Date(Date.parse(at) - week).toISOString()
  const parts = [...Map.groupBy(explanation.rules, ({ rule }) => rule).values()].map((rows) =>
    partOf(rows, rules, reader),
  )
  return {
    parts: parts.filter(({ decayedTo }) => decayedTo !== 0).sort((a, b) => b.decayedTo - a.decayedTo),
    gained: sum(explanation.rules.filter((row) => row.at > since).map(({ points }) => points)),
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

const partOf = (rows: readonly ExplainedPoints[], rules: Rules, reader: Reader): ScorePart => {
  const rule = rows[0]?.rule ?? ''
  const at = rows.reduce((latest, row) => (row.at > latest ? row.at : latest), '')
  const { fit, engagement } = rules.playbook.scoring
  const { label } = [...fit, ...engagement].find(({ id }) => id === rule) ?? {}
  return {
    rule,
    label: label ? localize(label, reader.language) : rule.replaceAll(/[-_]/g, ' '),
    points: sum(rows.map(({ points }) => points)),
    decayedTo: sum(rows.map(({ decayedTo }) => decayedTo)),
    at,
    when: readableDay(reader.language, at, reader.timeZone),
  }
}

/** As known today: facts voided since stay excluded. */
const upTo = (facts: readonly Fact[], { at, factId }: Qualification): readonly Fact[] =>
  facts.filter(
    (fact) => compareFacts(fact, { ...fact, occurredAt: at, id: factId }) <= 0 || isStructural(fact),
  )

interface Briefed {
  readonly handoff: Handoff
  readonly lead: { readonly email?: string; readonly state: LeadState }
  /** The whole log, in order. */
  readonly facts: readonly Fact[]
  /** Sent subjects by send id. */
  readonly subjects: ReadonlyMap<string, string>
}

/**
 * Information for the first call, as of `now` (RFC 3339 UTC): `handoff.*`, `answers[]`, `explanation[]`, `timeline[]`,
 * `emails[]` and `opening` of the email to the owner. Times are given as instants and in the reader's format.
 */
export const handoffBrief = (briefed: Briefed, rules: Rules, reader: Reader, now: string) => {
  const { handoff, lead, facts, subjects } = briefed
  const { language, timeZone } = reader
  const counting = countingFacts(facts, rules)
  const { parts, gained } = scoreParts(briefed, rules, reader)
  const [because] = readableTimeline(causeOf(handoff, lead.state, counting), reader)
  return {
    handoff: {
      id: handoff.handoffId,
      score: handoff.score,
      explored: handoff.explored !== undefined,
      scoreNow: scoreAt(lead, rules, now).score,
      gained,
      stage: textsIn(language).stages[handoff.stage],
      stageId: handoff.stage,
      team: handoff.team,
      owner: handoff.owner.name,
      ...earlierOwner(handoff),
      because: because?.text ?? '',
      becauseAt: because?.at ?? handoff.requestedAt,
      becauseOn: because?.when ?? '',
      requestedAt: handoff.requestedAt,
      requested: readableTime(language, handoff.requestedAt, timeZone),
      dueAt: handoff.dueAt,
      due: readableTime(language, handoff.dueAt, timeZone),
      confirmed: lead.state.confirmed !== undefined,
      // A number only permits calls if its giver is the verified owner of the address.
      phoneUnproven: lead.state.attributes.phone?.given === 'form',
    },
    answers: answersOf(counting, rules, reader),
    explanation: parts.map((part) => ({ ...part })),
    timeline: readableTimeline(counting, reader).map((row) => ({ ...row })),
    emails: mailHistory(counting, subjects, reader).map((row) => ({ ...row })),
    opening: openingFor(lead, rules, reader, now),
    unconfirmed: unconfirmedRows(lead.state, rules.playbook, language),
  } satisfies JsonObject
}

export type HandoffBrief = ReturnType<typeof handoffBrief>

/** What tells nothing of why: it comes with something that does. */
const besides = new Set(['form.submitted', 'profile.updated', 'consent.granted'])

/**
 * The activity that qualified the lead, as far as its state tells without the log: the latest of its type.
 * @returns undefined where it has come again since, or belongs to another cycle.
 */
export const causeIn = (
  handoff: Handoff,
  state: LeadState,
): { readonly type: string; readonly at: string } | undefined => {
  const at = qualificationOf(handoff, state)?.at
  const then = Object.entries(state.seen).filter(([, { last }]) => last === at)
  const [type] = then.find(([name]) => !besides.has(name)) ?? then[0] ?? []
  return type === undefined || at === undefined ? undefined : { type, at }
}

const answersOf = (facts: readonly Fact[], { playbook }: Rules, reader: Reader) =>
  leadAnswers(facts, playbook.forms, reader).map((form) => ({
    ...form,
    answers: form.answers.map((answer) => ({ ...answer })),
  }))

/** The previous owner, and the reason for a manual reassignment; empty if there is none. */
const earlierOwner = ({ assignments }: Handoff) => ({
  previousOwner: assignments.at(-2)?.owner.name ?? '',
  reassignedBecause: assignments.at(-1)?.reason ?? '',
})

/** The fact that qualified the lead. */
const causeOf = (handoff: Handoff, state: LeadState, facts: readonly Fact[]): readonly Fact[] => {
  const factId = qualificationOf(handoff, state)?.factId
  return facts.filter(({ id }) => id === factId)
}

/** Without voided and automated activities. */
const countingFacts = (facts: readonly Fact[], rules: Rules): readonly Fact[] => {
  const leftOut = new Set<string>()
  draftOf(facts, rules, undefined, { leftOut: ({ id }) => leftOut.add(id) })
  return facts.filter((fact) => !leftOut.has(fact.id) && !isStructural(fact))
}

/** The first of the playbook's openings whose condition holds, else empty. */
const openingFor = (lead: Briefed['lead'], rules: Rules, reader: Reader, now: string): string => {
  const context = viewAt(lead, rules, now)
  const opening = rules.playbook.handoff.opening?.find(
    ({ when }) => when === undefined || rules.holds(when, context),
  )
  return opening ? localize(opening.text, reader.language) : ''
}

/** The reader of a handoff, for language and time formats. */
export interface Reader {
  /** BCP 47. */
  readonly language: string
  /** IANA. */
  readonly timeZone: string
}
