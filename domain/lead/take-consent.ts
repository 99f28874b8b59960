import type { Fact } from '../activity/activity.ts'
import { trackingPurpose } from '../consent/tracking-consent.ts'
import type { Form } from '../form/form.ts'
import type { Rules } from '../playbook/rules.ts'
import type { Draft } from './draft.ts'
import { effectOfGrant, isConfirmed, mayBeProven } from './effect-of-grant.ts'
import { type OverflowWatcher, stateLimits } from './state-limits.ts'

const day = 86_400_000
const confirmationsADay = 3

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

/** What has to be confirmed by email: the form's own purpose, then that of the box. */
const purposesToConfirm = ({ consent, purpose }: Form, fact: Fact): readonly string[] => {
  const own = consent === 'double-opt-in' && purpose ? [purpose] : []
  const further = optedIn(fact)
  return further === undefined || further === purpose ? own : [...own, further]
}

const grant = (draft: Draft, purpose: string, fact: Fact): void => {
  const effect = effectOfGrant({ ...draft, consent: draft.consent.get(purpose) }, fact.properties)
  if (effect === 'unchanged' || effect === 'outdated') return
  put(draft, purpose, 'granted', fact)
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

const isSettled = (draft: Draft, purpose: string): boolean => {
  const { status, confirmed } = draft.consent.get(purpose) ?? {}
  return status === 'granted' && confirmed === true && !mayBeProven(draft)
}

/** One email for all that is open. What stands by word alone is asked for like what does not stand, and stays meanwhile. */
const askForConsent = (draft: Draft, fact: Fact, now: number, form: Form): void => {
  const open = purposesToConfirm(form, fact).filter((one) => !isSettled(draft, one))
  const [purpose, furtherPurpose] = open
  if (purpose === undefined) return
  for (const one of open) {
    const status = draft.consent.get(one)?.status
    if (status !== 'pending' && status !== 'granted') put(draft, one, 'pending', fact)
  }
  const kept = draft.confirmations.filter(({ at }) => Date.parse(at) > now - 30 * day)
  const today = kept.filter(({ at }) => Date.parse(at) > now - day)
  if (today.length >= confirmationsADay) return
  const language = text(fact.properties.language) ?? form.languages[0]
  draft.confirmations = [
    ...kept.slice(1 - stateLimits.confirmations),
    {
      factId: fact.id,
      form: form.id,
      purpose,
      ...(furtherPurpose !== undefined && { furtherPurpose }),
      language,
      at: fact.occurredAt,
    },
  ]
}
