import type { Fact } from '../activity/activity.ts'
import { isOwnersForm } from '../activity/evidence.ts'
import { trackingPurpose } from '../consent/tracking-consent.ts'
import type { Form } from '../form/form.ts'
import type { Rules } from '../playbook/rules.ts'
import type { Draft } from './draft.ts'
import { effectOfGrant, isConfirmed, mayBeProven } from './effect-of-grant.ts'
import { type OverflowWatcher, stateLimits } from './state-limits.ts'
import { keepClaim } from './take-attributes.ts'

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
export const takeConsent = (
  draft: Draft,
  fact: Fact,
  now: number,
  rules: Rules,
  watcher?: OverflowWatcher,
): void => {
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
        // Where it has no place nothing was granted either.
        if (draft.consent.get(one)?.status !== 'withdrawn' && hasPlace(draft, one, rules))
          put(draft, one, 'withdrawn', fact)
      }
      return
  }
}

/** What the playbook asks for always has a place, and what stands; of other purposes a lead holds a few. */
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

/** It was somebody else who signed up: what nobody has confirmed is over, and nothing is asked there any more. */
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

/** Whether so many were asked for already that one more would be a nuisance. */
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
