import type { Fact } from '../activity/activity.ts'
import type { Form } from '../form/form.ts'
import type { Rules } from '../playbook/rules.ts'
import type { Draft } from './draft.ts'
import { effectOfGrant, isConfirmed, mayBeProven } from './effect-of-grant.ts'

const day = 86_400_000
const confirmationsADay = 3

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value !== '__proto__' ? value : undefined

/** Consent by purpose: a repeat changes nothing, and a confirmed consent is lowered by a withdrawal alone. */
export const takeConsent = (draft: Draft, fact: Fact, now: number, rules: Rules): void => {
  const { type, properties } = fact
  const purpose = text(properties.purpose)
  switch (type) {
    case 'form.submitted': {
      const id = text(properties.form)
      const { forms } = rules.playbook
      const form = id !== undefined && Object.hasOwn(forms, id) ? forms[id] : undefined
      if (form?.consent === 'double-opt-in' && form.purpose)
        askForConsent(draft, fact, now, form, form.purpose)
      const further = optedIn(fact)
      if (form && further !== undefined && further !== form.purpose)
        askForConsent(draft, fact, now, form, further)
      return
    }
    case 'consent.granted':
      if (purpose) grant(draft, purpose, fact)
      return
    case 'consent.withdrawn':
    case 'email.unsubscribed':
      for (const one of purpose ? [purpose] : [...draft.consent.keys()]) {
        if (draft.consent.get(one)?.status !== 'withdrawn') put(draft, one, 'withdrawn', fact)
      }
      return
  }
}

/** The purpose of the box that was ticked beside the form's own. */
const optedIn = ({ properties: { optIn } }: Fact): string | undefined =>
  typeof optIn === 'object' && optIn !== null && 'purpose' in optIn ? text(optIn.purpose) : undefined

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

/** What stands by word alone is asked for like what does not stand, and stays meanwhile. */
const askForConsent = (draft: Draft, fact: Fact, now: number, form: Form, purpose: string): void => {
  const { status, confirmed } = draft.consent.get(purpose) ?? {}
  if (status === 'granted' && confirmed && !mayBeProven(draft)) return
  if (status !== 'pending' && status !== 'granted') put(draft, purpose, 'pending', fact)
  const kept = draft.confirmations.filter(({ at }) => Date.parse(at) > now - 30 * day)
  const today = kept.filter(({ at }) => Date.parse(at) > now - day)
  if (today.length >= confirmationsADay) return
  const language = text(fact.properties.language) ?? form.languages[0]
  draft.confirmations = [...kept, { factId: fact.id, form: form.id, purpose, language, at: fact.occurredAt }]
}
