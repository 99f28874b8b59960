import { isByHand, isConfirmed, isOwnersForm } from '../activity/subject.ts'
import type { Fact } from '../model/activity.ts'
import { confirmReminder } from '../model/built-in-names.ts'
import { type Cause, type Decided, type Decision, decision } from '../model/decision.ts'
import type { Form } from '../model/form.ts'
import type { JsonObject } from '../model/json.ts'
import type { DoubleOptIn } from '../model/settings.ts'
import { type OverflowWatcher, sizeOf, stateLimits } from '../model/state-limits.ts'
import type { Rules } from '../rules/rules.ts'
import { type AttributeDraft, attributesIn } from './attributes.ts'
import type { countSlice } from './counts.ts'
import type { MailDraft } from './mail.ts'
import { type DraftOf, kept, type Moment, map, optional, type StateOf, type Step } from './slice.ts'

/** State of one purpose. The evidence (wording, form, method) is in the fact. */
export interface Consent extends Cause {
  /** `lapsed`: not confirmed in time. */
  readonly status: 'pending' | 'granted' | 'withdrawn' | 'lapsed'
  /** Granted by the verified owner of the mailbox. */
  readonly confirmed?: true
}

interface ConfirmationDue extends Cause {
  readonly form: string
  readonly purpose: string
  /** Purpose of the opt-in box: the same email confirms both. */
  readonly furtherPurpose?: string
  readonly language: string
  /** The automatic reminder of an unanswered request. */
  readonly reminder?: true
}

const fields = {
  /** By purpose. */
  consent: map<Consent>(),
  /** Double opt-in mails that became due, oldest first (those of the last 30 days). */
  confirmations: kept<readonly ConfirmationDue[]>([]),
  /** The owner of the mailbox denied the sign-up: no more requests. */
  refused: optional<Cause>(),
}

type State = StateOf<typeof fields>
type Draft = DraftOf<typeof fields> & Pick<AttributeDraft, 'claims'> & Pick<MailDraft, 'suppression'>

/** The consent for the purpose before the grant, and what affects consents for every purpose. */
interface BeforeGrant {
  readonly consent: Consent | undefined
  readonly confirmations: readonly ConfirmationDue[]
  readonly suppression: MailDraft['suppression']
}

/**
 * Effect of `consent.granted`. `outdated`: confirms a request from before a withdrawal, through an old link. `proven`: also
 * proves that an address which bounced works.
 */
type EffectOfGrant = 'granted' | 'proven' | 'unchanged' | 'outdated'

/** A confirmation proves that a suppressed address works again, unless the person complained. */
const mayBeProven = ({ suppression }: Pick<BeforeGrant, 'suppression'>): boolean =>
  suppression !== undefined && suppression.reason !== 'complained'

/**
 * A confirmation upgrades an unconfirmed consent, never the other way round. A colleague's note is evidence but permits
 * nothing: the person must agree. A form, which anybody can submit, or an import does not revive a withdrawn consent.
 */
export const effectOfGrant = (before: BeforeGrant, properties: JsonObject): EffectOfGrant => {
  const { consent, confirmations, suppression } = before
  const { confirmed, submission } = properties
  if (isByHand(properties)) return 'unchanged'
  const isWordOfForm = properties.how === 'single-opt-in' && !isOwnersForm(properties)
  const isWordOfOthers = isWordOfForm || properties.how === 'import'
  if (isWordOfOthers && consent?.status === 'withdrawn') return 'unchanged'
  const request = confirmations.find(({ factId }) => factId === submission)
  if (confirmed === true && consent?.status === 'withdrawn' && (request?.at ?? '') <= consent.at)
    return 'outdated'
  if (mayBeProven(before) && confirmed === true && (request?.at ?? '') > (suppression?.at ?? ''))
    return 'proven'
  const isRaised = isConfirmed(properties) && consent?.confirmed !== true
  return consent?.status !== 'granted' || isRaised ? 'granted' : 'unchanged'
}

/** The purpose that permits individual tracking of opens and clicks. It never permits mail: agreeing to tracking is not asking for mail. */
export const trackingPurpose = 'tracking'

/** Whether a form's wording also covers tracking. */
export const asksForTracking = ({
  tracking,
  purpose,
  consent,
}: Pick<Form, 'tracking' | 'purpose' | 'consent'>): boolean =>
  tracking === true && purpose !== trackingPurpose && consent !== 'none'

/** Whether the lead's consent covers tracking now. */
export const coversTracking = ({ consent }: Pick<State, 'consent'>): boolean =>
  consent[trackingPurpose]?.status === 'granted'

/** `via` of the hits that our own signed links and pictures report. */
export const signedLink = 'signed-link'

/**
 * Whether a fact may be stored for this lead: links of emails sent with consent to tracking still report after its withdrawal.
 * Other programs are responsible for their own reports.
 * @param state of the person; absent: no consent.
 */
export const mayKeep = (
  { properties, occurredAt }: Pick<Fact, 'properties' | 'occurredAt'>,
  state: Pick<State, 'consent'> | undefined,
): boolean => {
  if (properties.via !== signedLink) return true
  const consent = state?.consent[trackingPurpose]
  return consent?.status === 'granted' || (consent?.status === 'withdrawn' && consent.at > occurredAt)
}

const day = 86_400_000

/** Most requests to one person, including reminders, in a number of days; fewer after a refusal. */
const limits = {
  usual: [
    { most: 3, days: 1 },
    { most: 5, days: 30 },
  ],
  afterNo: [
    { most: 1, days: 1 },
    { most: 2, days: 30 },
  ],
} as const

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value !== '__proto__' ? value : undefined

/** Updates consent by purpose: repeats change nothing, and only a withdrawal lowers a confirmed consent. */
const apply = (draft: Draft, { fact, now, rules, watcher }: Step<OverflowWatcher>): void => {
  const { type, properties } = fact
  const purpose = text(properties.purpose)
  switch (type) {
    case 'form.submitted': {
      const id = text(properties.form)
      const { forms } = rules.playbook
      const form = id !== undefined && Object.hasOwn(forms, id) ? forms[id] : undefined
      if (form) askForConsent(draft, fact, now, form)
      return
    }
    case 'consent.granted':
      if (purpose === undefined) return
      if (hasPlace(draft, purpose, rules)) grant(draft, purpose, fact)
      else watcher?.overflowed?.(fact, { type: 'consent', purpose: purpose.slice(0, stateLimits.nameLength) })
      return
    case 'confirmation.refused':
      refuse(draft, fact)
      return
    case 'consent.withdrawn':
    case 'email.unsubscribed':
      for (const one of purpose ? [purpose] : [...draft.consent.keys()]) {
        // A purpose without room was never granted.
        if (draft.consent.get(one)?.status !== 'withdrawn' && hasPlace(draft, one, rules))
          put(draft, one, 'withdrawn', fact)
      }
      return
  }
}

/** Purposes of the playbook and known ones always fit; others are limited. */
const hasPlace = (draft: Draft, purpose: string, { playbook }: Rules): boolean => {
  if (draft.consent.has(purpose) || purpose === trackingPurpose) return true
  if (purpose.length > stateLimits.nameLength) return false
  const asked = Object.values(playbook.forms).flatMap(({ purpose: own, optIn }) => [own, optIn?.purpose])
  return asked.includes(purpose) || draft.consent.size < stateLimits.purposes
}

/** The purpose of the ticked opt-in box. */
const optedIn = ({ properties: { optIn } }: Fact): string | undefined =>
  typeof optIn === 'object' && optIn !== null && 'purpose' in optIn ? text(optIn.purpose) : undefined

const isSettled = (draft: Draft, purpose: string): boolean => {
  const { status, confirmed } = draft.consent.get(purpose) ?? {}
  return status === 'granted' && confirmed === true && !mayBeProven(draft)
}

/** Purposes to confirm by email: the form's own, then the box's. A withdrawn consent needs confirmation even if the form does not. */
const purposesToConfirm = (draft: Draft, form: Form, fact: Fact): readonly string[] => {
  const { purpose } = form
  const isBack =
    form.consent === 'single-opt-in' &&
    draft.consent.get(purpose ?? '')?.status === 'withdrawn' &&
    !isOwnersForm(fact.properties)
  const own = purpose && (form.consent === 'double-opt-in' || isBack) ? [purpose] : []
  const further = optedIn(fact)
  const isIncluded = further === undefined || further === purpose
  return isIncluded || (own.length > 0 && isSettled(draft, further)) ? own : [...own, further]
}

/** Somebody else signed up with this address: unconfirmed consents end, and no further request is sent. */
const refuse = (draft: Draft, fact: Fact): void => {
  draft.refused = { at: fact.occurredAt, factId: fact.id }
  for (const [purpose, { status, confirmed }] of draft.consent)
    if (status !== 'withdrawn' && !confirmed) put(draft, purpose, 'withdrawn', fact)
}

const grant = (draft: Draft, purpose: string, fact: Fact): void => {
  const isByForm = fact.properties.how === 'single-opt-in' && !isOwnersForm(fact.properties)
  if (draft.refused && (isByForm || fact.properties.how === 'import')) return
  const effect = effectOfGrant({ ...draft, consent: draft.consent.get(purpose) }, fact.properties)
  if (effect === 'unchanged' || effect === 'outdated') return
  put(draft, purpose, 'granted', fact)
  if (isConfirmed(fact.properties)) draft.refused = undefined
  if (effect === 'proven') draft.suppression = undefined
}

const put = (
  draft: Draft,
  purpose: string,
  status: 'pending' | 'granted' | 'withdrawn',
  fact: Fact,
): void => {
  draft.consent.set(purpose, {
    status,
    ...(status === 'granted' && isConfirmed(fact.properties) && { confirmed: true }),
    at: fact.occurredAt,
    factId: fact.id,
  })
}

/** Whether the person was asked too often already. */
const isTooMuch = ({ consent, confirmations }: Draft, purpose: string, now: number): boolean => {
  const refused = consent.get(purpose)?.status === 'withdrawn' ? consent.get(purpose)?.at : undefined
  return (refused === undefined ? limits.usual : limits.afterNo).some(({ most, days }) => {
    const since = now - days * day
    return confirmations.filter(({ at }) => Date.parse(at) > since && at > (refused ?? '')).length >= most
  })
}

/**
 * Requests all consents of a form in one email. Unconfirmed and withdrawn consents are requested too and keep their status
 * meanwhile. So are confirmed ones, as only the answer proves that the person submitted this form.
 */
const askForConsent = (draft: Draft, fact: Fact, now: number, form: Form): void => {
  if (draft.refused && !isOwnersForm(fact.properties)) return
  const asked = purposesToConfirm(draft, form, fact)
  const [purpose, furtherPurpose] = asked
  if (purpose === undefined) return
  for (const one of asked) {
    const status = draft.consent.get(one)?.status
    if (status === undefined || status === 'lapsed') put(draft, one, 'pending', fact)
  }
  if (draft.suppression?.reason === 'complained' || asked.every((one) => isTooMuch(draft, one, now))) return
  draft.confirmations = [
    ...draft.confirmations
      .filter(({ at }) => Date.parse(at) > now - 30 * day)
      .slice(1 - stateLimits.confirmations),
    {
      factId: fact.id,
      form: form.id,
      purpose,
      ...(furtherPurpose !== undefined && { furtherPurpose }),
      language: text(fact.properties.language) ?? form.languages[0],
      at: fact.occurredAt,
    },
  ]
  keepClaim(draft, fact)
}

/** Keeps a form's fields until they are confirmed, whatever other forms say meanwhile. */
const keepClaim = (draft: Draft, fact: Fact): void => {
  const asked = new Set(draft.confirmations.map(({ factId }) => factId))
  for (const factId of draft.claims.keys()) if (!asked.has(factId)) draft.claims.delete(factId)
  const values = Object.fromEntries(attributesIn(fact))
  const taken = [...draft.claims.values()].reduce((sum, claim) => sum + sizeOf(claim), 0)
  if (Object.keys(values).length === 0 || taken + sizeOf(values) > stateLimits.claimBytes) return
  draft.claims.set(fact.id, { at: fact.occurredAt, values })
}

/** Time since the last request (ms) after which one reminder is sent. */
const remindAfter = 3 * day

/** Time since the last request (ms) after which the request and its links expire. */
export const confirmWithin = ({ expires = 30 * day }: DoubleOptIn = {}): number => expires

type Asked = Pick<State, 'confirmations'>

interface Deadline {
  readonly type: 'remind' | 'lapse'
  /** ms */
  readonly at: number
  /** The request that the deadline belongs to. */
  readonly due?: ConfirmationDue
}

/** The next deadline of a pending consent. */
const deadlineOf = (
  purpose: string,
  consent: Consent,
  { confirmations }: Asked,
  rules: DoubleOptIn | undefined,
): Deadline | undefined => {
  if (consent.status !== 'pending') return undefined
  const own = confirmations.filter(
    (one) => (one.purpose === purpose || one.furtherPurpose === purpose) && one.at >= consent.at,
  )
  const due = own.findLast(({ reminder }) => reminder === undefined)
  const asked = Date.parse(due?.at ?? consent.at)
  const isReminded = own.some(({ reminder }) => reminder === true)
  const lapse = { type: 'lapse', at: asked + confirmWithin(rules) } as const
  const { reminder = remindAfter } = rules ?? {}
  if (due === undefined || isReminded || reminder === false) return lapse
  const remind = { type: 'remind', at: asked + reminder, due } as const
  return remind.at < lapse.at ? remind : lapse
}

const passOne = (draft: Draft, purpose: string, now: number, rules: DoubleOptIn | undefined): boolean => {
  const consent = draft.consent.get(purpose)
  const deadline = consent && deadlineOf(purpose, consent, draft, rules)
  if (deadline === undefined || deadline.at > now) return false
  const at = new Date(deadline.at).toISOString()
  if (deadline.due) draft.confirmations = [...draft.confirmations, { ...deadline.due, at, reminder: true }]
  else if (consent) draft.consent.set(purpose, { status: 'lapsed', at, factId: consent.factId })
  return true
}

/** Applies reminders and expiries due by `now`. @returns whether anything changed. */
const pass = (draft: Draft, { now, rules }: Moment): boolean => {
  const { doubleOptIn } = rules.playbook.settings
  let changed = false
  for (const purpose of draft.consent.keys()) while (passOne(draft, purpose, now, doubleOptIn)) changed = true
  return changed
}

/** When the next reminder or expiry of a consent is due, RFC 3339 UTC; undefined if none is pending. */
export const nextConsentDeadline = (
  state: Pick<State, 'consent' | 'confirmations'>,
  rules?: DoubleOptIn,
): string | undefined => {
  const all = Object.entries(state.consent).flatMap(
    ([purpose, consent]) => deadlineOf(purpose, consent, state, rules)?.at ?? [],
  )
  return all.length === 0 ? undefined : new Date(Math.min(...all)).toISOString()
}

/** The last deadline applied, RFC 3339 UTC: an earlier fact requires a new fold. */
export const lastDeadline = ({ consent, confirmations }: State): string | undefined =>
  [
    ...confirmations.filter(({ reminder }) => reminder === true),
    ...Object.values(consent).filter(({ status }) => status === 'lapsed'),
  ].reduce<string | undefined>((last, { at }) => (last === undefined || at > last ? at : last), undefined)

/** Activities that are no reason to keep a person's data. */
const groundless: readonly string[] = [
  'form.submitted',
  'profile.updated',
  'page.viewed',
  'page.engaged',
  'content.viewed',
  'ad.impression',
  'ad.clicked',
  'email.sent',
  'email.delivered',
  'email.opened',
  'email.clicked',
  'email.bounced',
]

type Stranger = Pick<State, 'consent'> &
  StateOf<typeof countSlice.fields> & { readonly qualifications: readonly unknown[] }

/**
 * When the last request lapsed, for a person who never consented and has no other tie to the company: no request, order or
 * handoff. Such data may not be kept. Undefined for everybody else.
 */
const lapsedStranger = ({ consent, seen, qualifications }: Stranger): Cause | undefined => {
  const all = Object.values(consent)
  const isStranger =
    all.every(({ status }) => status === 'lapsed') &&
    qualifications.length === 0 &&
    Object.keys(seen).every((type) => groundless.includes(type))
  return isStranger ? all.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))[0] : undefined
}

const consents = (lead: Decided, { consent }: State): readonly Decision[] =>
  Object.entries(consent).flatMap(([purpose, { status, ...cause }]): readonly Decision[] => {
    const type = status === 'granted' ? 'ConsentGranted' : 'ConsentWithdrawn'
    return status === 'granted' || status === 'withdrawn'
      ? [decision(lead, type, `consent:${purpose}:${status}:${cause.factId}`, cause, { purpose })]
      : []
  })

const confirmation = (lead: Decided, due: ConfirmationDue): Decision => {
  const { factId, form, purpose, furtherPurpose, language } = due
  const key = `${due.reminder ? 'reminder' : 'confirm'}:${factId}`
  const sendId = `${lead.leadId}:${key}`
  const email = due.reminder ? confirmReminder : 'confirm'
  const request = { leadId: lead.leadId, sendId, email, recipient: 'lead' } as const
  return decision(lead, 'EmailRequested', key, due, {
    ...request,
    confirmation: {
      factId,
      form,
      purpose,
      ...(furtherPurpose !== undefined && { furtherPurpose }),
      language,
    },
  })
}

/** Erases a person who never confirmed and has no other tie to the company. */
const lapsed = (lead: Decided, state: Stranger): readonly Decision[] => {
  const cause = lapsedStranger(state)
  return cause
    ? [decision(lead, 'ErasureRequested', `erase:${cause.at}`, cause, { because: 'unconfirmed' })]
    : []
}

const decisions = (lead: Decided, state: State & Stranger): readonly Decision[] => [
  ...consents(lead, state),
  ...state.confirmations.map((due) => confirmation(lead, due)),
  ...lapsed(lead, state),
]

/** The lead's consents by purpose. */
export const consentSlice = { fields, pass, apply, decisions }
