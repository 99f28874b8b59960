import { checkBuiltIn } from '../activity/parse-activity.ts'
import { isOwnersForm } from '../activity/subject.ts'
import type { Activity, Fact } from '../model/activity.ts'
import type { Form } from '../model/form.ts'
import type { Json, JsonObject } from '../model/json.ts'
import { attributeSize, type OverflowWatcher, stateLimits } from '../model/state-limits.ts'
import type { Rules } from '../rules/rules.ts'
import { asksForTracking, isConfirmed, trackingPurpose } from './consent.ts'
import type { Draft } from './draft.ts'
import { type Attribute, attributesIn, type LeadState } from './lead-state.ts'

const formOf = ({ properties }: Activity, rules: Rules): Form | undefined => {
  const { form } = properties
  const { forms } = rules.playbook
  return typeof form === 'string' && Object.hasOwn(forms, form) ? forms[form] : undefined
}

/** Consent that sending the form gives by itself, with the wording as evidence. */
const consentOf = (form: Form, { id, properties }: Activity): JsonObject | undefined => {
  if (form.consent !== 'single-opt-in' || form.purpose === undefined) return undefined
  const given = { purpose: form.purpose, form: form.id, how: 'single-opt-in', submission: id }
  return { ...given, ...viaOf(properties), ...wordsOf(properties) }
}

const viaOf = ({ via }: JsonObject): JsonObject => (via === undefined ? {} : { via })

/** What was read when agreeing. */
const wordsOf = ({ language, wording, wordingHash }: JsonObject): JsonObject => ({
  ...(language === undefined ? {} : { language }),
  ...(wording === undefined ? {} : { wording }),
  ...(wordingHash === undefined ? {} : { wordingHash }),
})

/** The consent to be measured that a form's wording asks for, given with the other one and as it was. */
const trackingConsentOf = (form: Form, { id, type, properties }: Activity): JsonObject | undefined => {
  if (!asksForTracking(form)) return undefined
  const { confirmed, submission = null } = properties
  return {
    purpose: trackingPurpose,
    form: form.id,
    how: form.consent,
    submission: type === 'form.submitted' ? id : submission,
    ...(confirmed === true && { confirmed }),
    ...viaOf(properties),
    ...wordsOf(properties),
  }
}

/** What the form's activity carries: the fields that the form names, where they are what the activity's type allows. */
const activityOf = (
  { id, properties: names = [] }: Form,
  type: string,
  { properties: { fields, via } }: Activity,
): Pick<Fact, 'type' | 'properties'> => {
  const given = typeof fields === 'object' && fields !== null && !Array.isArray(fields) ? fields : {}
  const taken = Object.fromEntries(
    Object.entries<Json>({ ...given }).filter(([name]) => names.includes(name) && name !== 'form'),
  )
  const allowed = checkBuiltIn(type, taken).length === 0 ? taken : {}
  return { type, properties: { ...allowed, form: id, ...(via !== undefined && { via }) } }
}

const acceptsForm = (form: Form, { type, properties }: Activity): boolean =>
  (type === 'form.submitted' && form.consent !== 'double-opt-in') ||
  (type === 'consent.granted' && properties.confirmed === true && form.consent === 'double-opt-in')

/** What is confirmed is the box beside the form's own purpose: that of the form was recorded when it was sent. */
const confirmsOptIn = ({ optIn, purpose }: Form, { type, properties }: Activity): boolean =>
  type === 'consent.granted' &&
  optIn !== undefined &&
  optIn.purpose === properties.purpose &&
  optIn.purpose !== purpose

/**
 * The facts that one incoming activity stands for: itself, and what its form adds (consent, then the form's activity).
 * Their ids follow from its id, and sort after it.
 */
export const expandActivity = (activity: Activity, rules: Rules): readonly Fact[] => {
  const { id, type, occurredAt, properties, subject } = activity
  const itself: Fact =
    'email' in subject
      ? { id, type, occurredAt, properties, email: subject.email }
      : { id, type, occurredAt, properties }
  const form = formOf(activity, rules)
  const derive = (derived: readonly Pick<Fact, 'type' | 'properties'>[]): readonly Fact[] => [
    itself,
    ...derived.map((fact, index) => ({ id: `${id}~${index + 1}`, occurredAt, ...fact })),
  ]
  if (!form) return [itself]
  if (properties.confirmed === true && confirmsOptIn(form, activity))
    return derive(
      form.optIn?.activity === undefined
        ? []
        : [{ type: form.optIn.activity, properties: { form: form.id } }],
    )
  if (!acceptsForm(form, activity)) return [itself]
  const consent = type === 'form.submitted' ? consentOf(form, activity) : undefined
  const tracking = trackingConsentOf(form, activity)
  return derive([
    ...(consent ? [{ type: 'consent.granted', properties: consent }] : []),
    ...(form.activity === undefined ? [] : [activityOf(form, form.activity, activity)]),
    ...(tracking ? [{ type: 'consent.granted', properties: tracking }] : []),
  ])
}

/** The id of the activity that a fact follows from; undefined for one that stands for itself. */
export const originOf = (factId: string): string | undefined => /^(.+)~\d$/.exec(factId)?.[1]

/** Attributes with a meaning of their own (CONTRACT section 3): a few bytes are kept free for them. */
const meant: ReadonlySet<string> = new Set([
  'email',
  'firstName',
  'lastName',
  'company',
  'country',
  'language',
  'timeZone',
  'phone',
  'role',
  'employees',
])

const bytesOf = (draft: Draft): number => {
  if (draft.attributeBytes !== undefined) return draft.attributeBytes
  let bytes = 0
  for (const [name, { value, factId }] of draft.attributes) bytes += attributeSize(name, value, factId)
  return bytes
}

/** @returns whether it has a place: all attributes together are bounded, and one that gets smaller always fits. */
const put = (draft: Draft, name: string, told: Attribute): boolean => {
  const before = draft.attributes.get(name)
  const bytes = bytesOf(draft)
  const after =
    bytes +
    attributeSize(name, told.value, told.factId) -
    (before === undefined ? 0 : attributeSize(name, before.value, before.factId))
  const { attributeBytes, reservedBytes } = stateLimits
  const most = attributeBytes - (meant.has(name) ? 0 : reservedBytes)
  draft.attributeBytes = bytes
  if (after > most && after > bytes) return false
  draft.attributes.set(name, told)
  draft.attributeBytes = after
  return true
}

/**
/**
 * Attributes come from profiles and forms, an address from the subject, and a few from what else is told of a customer.
 * Anybody may fill in a form with anybody's address. What it says counts at once only of somebody of whom nothing surer
 * is known; it stands beside, unconfirmed, once the address was confirmed, and next to what a program or a colleague said.
 * What has no place any more stays as it was.
 * @returns whether some attribute was set.
 */
export const takeAttributes = (draft: Draft, fact: Fact, watcher?: OverflowWatcher): boolean => {
  const { id, occurredAt, email, member } = fact
  // The address of a merged lead is another one of the same person: the lead keeps its own.
  const addressed =
    email !== undefined && member === undefined && draft.attributes.get('email')?.value !== email
  const isUnproven = isByForm(fact) && !isOwnersForm(fact.properties)
  const isShown = showsMailbox(fact) && confirm(draft, fact)
  const left: string[] = []
  let isSet = isShown
  const take = (name: string, value: Json, isSure: boolean): void => {
    const told: Attribute = { value, at: occurredAt, factId: id }
    const taken = isSure ? takeSure(draft, name, told) : takeUnproven(draft, name, told)
    if (taken === 'full') left.push(name)
    else if (taken === 'counts') isSet = true
  }
  if (addressed) take('email', email, true)
  for (const [name, value] of attributesIn(fact)) take(name, value, !isUnproven)
  if (left.length > 0) watcher?.overflowed?.(fact, { type: 'attributes', names: [...new Set(left)] })
  return isSet
}

/** A form itself, or the activity that follows from it. */
const isByForm = ({ id, type, properties }: Fact): boolean =>
  type === 'form.submitted' ||
  (originOf(id) !== undefined && type !== 'consent.granted' && typeof properties.form === 'string')

type Taken = 'counts' | 'beside' | 'full'

const takeUnproven = (draft: Draft, name: string, told: Attribute): Taken => {
  const known = draft.attributes.get(name)
  const isSure = known !== undefined && known.given === undefined
  const unproven: Attribute = { ...told, given: 'form' }
  if (draft.confirmed === undefined && !isSure) return put(draft, name, unproven) ? 'counts' : 'full'
  if (known?.value !== told.value) return putBeside(draft, name, unproven) ? 'beside' : 'full'
  draft.unconfirmed.delete(name)
  return 'beside'
}

const takeSure = (draft: Draft, name: string, told: Attribute): Taken => {
  if (!put(draft, name, told)) return 'full'
  draft.unconfirmed.delete(name)
  return 'counts'
}

const putBeside = (draft: Draft, name: string, told: Attribute): boolean => {
  let bytes = attributeSize(name, told.value, told.factId)
  for (const [other, { value, factId }] of draft.unconfirmed)
    if (other !== name) bytes += attributeSize(other, value, factId)
  if (bytes > stateLimits.unconfirmedBytes) return false
  draft.unconfirmed.set(name, told)
  return true
}

/** Whether somebody has shown by it that they read what comes to the address. */
const showsMailbox = ({ type, properties }: Fact): boolean =>
  type === 'form.submitted'
    ? isOwnersForm(properties) && properties.via === 'link'
    : type === 'consent.granted' && isConfirmed(properties)

/**
 * The address is its owner's from now on. What the confirmed form said counts, unless something surer was said since;
 * what other forms said steps aside. @returns whether some attribute was set or stepped aside.
 */
const confirm = (draft: Draft, { id, occurredAt, properties }: Fact): boolean => {
  const { submission } = properties
  const isFirst = draft.confirmed === undefined
  draft.confirmed ??= { at: occurredAt, factId: id }
  const claim = typeof submission === 'string' ? draft.claims.get(submission) : undefined
  const changed = isFirst && stepAside(draft)
  if (claim === undefined || typeof submission !== 'string') return changed
  for (const [name, value] of Object.entries(claim.values)) {
    const known = draft.attributes.get(name)
    if (known === undefined || known.at <= claim.at)
      put(draft, name, { value: value ?? null, at: claim.at, factId: submission, given: 'confirmed' })
    const beside = draft.unconfirmed.get(name)
    if (beside !== undefined && (beside.factId === submission || beside.value === value))
      draft.unconfirmed.delete(name)
  }
  draft.claims.delete(submission)
  return true
}

const stepAside = (draft: Draft): boolean => {
  const unproven = [...draft.attributes].filter(([, { given }]) => given === 'form')
  for (const [name, attribute] of unproven) {
    draft.attributes.delete(name)
    putBeside(draft, name, attribute)
  }
  draft.attributeBytes = undefined
  return unproven.length > 0
}

/** Facts of a browser of which nobody knows whose it is: more than a person looks at, so that nobody can fill a log without a name. */
const ofNobody = 200
/** Facts of somebody with an address, after which what their browsers report is no news. */
const ofSomebody = 2000

/** How many facts that a browser reports may still be taken for a lead. @param hasAddress whether it is known who it is. */
export const roomForBrowsers = (state: Pick<LeadState, 'seen'> | undefined, hasAddress: boolean): number => {
  const taken = Object.values(state?.seen ?? {}).reduce((sum, { count }) => sum + count, 0)
  return Math.max(0, (hasAddress ? ofSomebody : ofNobody) - taken)
}
