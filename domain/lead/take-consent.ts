import type { Fact } from '../activity/activity.ts'
import type { Form } from '../form/form.ts'
import type { Rules } from '../playbook/rules.ts'
import type { Draft } from './draft.ts'

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
      if (purpose && draft.consent.get(purpose)?.status !== 'granted' && !isOutdated(draft, purpose, fact))
        put(draft, purpose, 'granted', fact)
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

/** The confirmation of a request from before the consent was withdrawn: an old link, opened again. */
const isOutdated = (draft: Draft, purpose: string, { properties }: Fact): boolean => {
  const known = draft.consent.get(purpose)
  if (known?.status !== 'withdrawn' || properties.confirmed !== true) return false
  const request = draft.confirmations.find(({ factId }) => factId === properties.submission)
  return request === undefined || request.at <= known.at
}

const put = (
  draft: Draft,
  purpose: string,
  status: 'pending' | 'granted' | 'withdrawn',
  fact: Fact,
): void => {
  const { confirmed, how } = fact.properties
  const isConfirmed = status === 'granted' && (confirmed === true || how === 'preference-page')
  draft.consent.set(purpose, {
    status,
    ...(isConfirmed && { confirmed: true }),
    at: fact.occurredAt,
    factId: fact.id,
  })
}

const askForConsent = (draft: Draft, fact: Fact, now: number, form: Form, purpose: string): void => {
  const status = draft.consent.get(purpose)?.status
  if (status === 'granted') return
  if (status !== 'pending') put(draft, purpose, 'pending', fact)
  const kept = draft.confirmations.filter(({ at }) => Date.parse(at) > now - 30 * day)
  const today = kept.filter(({ at }) => Date.parse(at) > now - day)
  if (today.length >= confirmationsADay) return
  const language = text(fact.properties.language) ?? form.languages[0]
  draft.confirmations = [...kept, { factId: fact.id, form: form.id, purpose, language, at: fact.occurredAt }]
}
