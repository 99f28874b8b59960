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

/** State of one purpose. Evidence (wording, form, how) stands in the fact. */
export interface Consent extends Cause {
  /** `lapsed`: nobody confirmed it in time. */
  readonly status: 'pending' | 'granted' | 'withdrawn' | 'lapsed'
  /** Granted by somebody who has shown that the mailbox is theirs. */
  readonly confirmed?: true
}

interface ConfirmationDue extends Cause {
  readonly form: string
  readonly purpose: string
  /** Of the box that was ticked beside it: the same email confirms both. */
  readonly furtherPurpose?: string
  readonly language: string
  /** The one that comes by itself when nobody has answered. */
  readonly reminder?: true
}

const fields = {
  /** By purpose. */
  consent: map<Consent>(),
  /** Double opt-in mails that became due, oldest first (those of the last 30 days). */
  confirmations: kept<readonly ConfirmationDue[]>([]),
  /** Whoever reads the mailbox has said that it was not they who signed up: nobody asks them again. */
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
 * What a `consent.granted` does. `outdated`: it confirms a request from before the consent was withdrawn, by an old link
 * that was opened again. `proven`: it shows besides that an address which bounced is read by somebody.
 */
type EffectOfGrant = 'granted' | 'proven' | 'unchanged' | 'outdated'

/** A confirmation proves that a suppressed address works again, unless the person complained. */
const mayBeProven = ({ suppression }: Pick<BeforeGrant, 'suppression'>): boolean =>
  suppression !== undefined && suppression.reason !== 'complained'

/**
 * A confirmed consent stands, and one by word alone is raised by a confirmation, never the other way round. What a
 * colleague noted is kept as evidence and allows nothing: the person has to say so. Nor does a form, which anybody can fill
 * in, bring back what was taken back.
 */
export const effectOfGrant = (before: BeforeGrant, properties: JsonObject): EffectOfGrant => {
  const { consent, confirmations, suppression } = before
  const { confirmed, submission } = properties
  if (isByHand(properties)) return 'unchanged'
  const isWordOfForm = properties.how === 'single-opt-in' && !isOwnersForm(properties)
  if (isWordOfForm && consent?.status === 'withdrawn') return 'unchanged'
  const request = confirmations.find(({ factId }) => factId === submission)
  if (confirmed === true && consent?.status === 'withdrawn' && (request?.at ?? '') <= consent.at)
    return 'outdated'
  if (mayBeProven(before) && confirmed === true && (request?.at ?? '') > (suppression?.at ?? ''))
    return 'proven'
  const isRaised = isConfirmed(properties) && consent?.confirmed !== true
  return consent?.status !== 'granted' || isRaised ? 'granted' : 'unchanged'
}

/**
 * The purpose under which clicks and opens of emails may be told from one another. It never stands for leave to write:
 * whoever agrees to be measured has not asked for mail.
 */
export const trackingPurpose = 'tracking'

/** Whether a form's wording asks for leave to measure beside what the form is for. */
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
 * Whether a fact may be kept for this lead: emails that were sent while tracking was agreed to go on reporting after that
 * was taken back. What other programs report of their own emails is for them to answer.
 * @param state of the person; absent: nobody has agreed to anything.
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

/** Emails that ask one person, reminders included, in so many days; fewer of somebody who has said No. */
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

/** Consent by purpose: a repeat changes nothing, and a confirmed consent is lowered by a withdrawal alone. */
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

/** Purposes of the playbook and known ones always have room; of others a lead holds a few. */
const hasPlace = (draft: Draft, purpose: string, { playbook }: Rules): boolean => {
  if (draft.consent.has(purpose) || purpose === trackingPurpose) return true
  if (purpose.length > stateLimits.nameLength) return false
  const asked = Object.values(playbook.forms).flatMap(({ purpose: own, optIn }) => [own, optIn?.purpose])
  return asked.includes(purpose) || draft.consent.size < stateLimits.purposes
}

/** The purpose of the box that was ticked beside the form's own. */
const optedIn = ({ properties: { optIn } }: Fact): string | undefined =>
  typeof optIn === 'object' && optIn !== null && 'purpose' in optIn ? text(optIn.purpose) : undefined

const isSettled = (draft: Draft, purpose: string): boolean => {
  const { status, confirmed } = draft.consent.get(purpose) ?? {}
  return status === 'granted' && confirmed === true && !mayBeProven(draft)
}

/**
 * What has to be confirmed by email: the form's own purpose, then that of the box. What was taken back comes back by a
 * confirmation alone, also where the form asks for none.
 */
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
  if (draft.refused && isByForm) return
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
 * One email for all that the form asks for. What stands by word alone is asked for like what does not stand, and stays
 * meanwhile; so does what was taken back. Also of whoever has confirmed before: that it was they who filled in the form, so
 * that what they did and wrote counts, is shown by the answer alone.
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
  /** The request that it counts from. */
  readonly due?: ConfirmationDue
}

/** What comes next for a consent that is still open. */
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

/** When the next open consent is to be reminded of or lapses, RFC 3339 UTC; undefined when none is open. */
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
 * When the last consent that was asked for lapsed, of somebody who never gave any and whom nothing else ties to the
 * company: no request, no order, no handoff. Such data may not be kept. Undefined for everybody else.
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

/** To what the lead has agreed, purpose by purpose. */
export const consentSlice = { fields, pass, apply, decisions }
