import type { DoubleOptIn } from '../playbook/settings.ts'
import type { Draft } from './draft.ts'
import type { ConfirmationDue, Consent, LeadState } from './lead-state.ts'

const day = 86_400_000
/** Since the last request (ms): who has not answered by then is reminded, once. */
const remindAfter = 3 * day
/** Since the last request (ms): then it lapses, and links to confirm it do. */
export const confirmWithin = ({ expires = 30 * day }: DoubleOptIn = {}): number => expires

type Asked = Pick<LeadState, 'confirmations'>

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

const pass = (draft: Draft, purpose: string, now: number, rules: DoubleOptIn | undefined): boolean => {
  const consent = draft.consent.get(purpose)
  const deadline = consent && deadlineOf(purpose, consent, draft, rules)
  if (deadline === undefined || deadline.at > now) return false
  const at = new Date(deadline.at).toISOString()
  if (deadline.due) draft.confirmations = [...draft.confirmations, { ...deadline.due, at, reminder: true }]
  else if (consent) draft.consent.set(purpose, { status: 'lapsed', at, factId: consent.factId })
  return true
}

/** Lets time pass until `now` (ms) for consents that were asked for and not given. @returns whether anything changed. */
export const passDeadlines = (draft: Draft, now: number, rules: DoubleOptIn | undefined): boolean => {
  let changed = false
  for (const purpose of draft.consent.keys()) while (pass(draft, purpose, now, rules)) changed = true
  return changed
}

/** When the next open consent is to be reminded of or lapses, RFC 3339 UTC; undefined when none is open. */
export const nextConsentDeadline = (
  state: Pick<LeadState, 'consent' | 'confirmations'>,
  rules?: DoubleOptIn,
): string | undefined => {
  const all = Object.entries(state.consent).flatMap(
    ([purpose, consent]) => deadlineOf(purpose, consent, state, rules)?.at ?? [],
  )
  return all.length === 0 ? undefined : new Date(Math.min(...all)).toISOString()
}

/** The last moment at which a state changed by a deadline, RFC 3339 UTC: a fact from before it has to be taken first. */
export const lastDeadline = ({ consent, confirmations }: LeadState): string | undefined =>
  [
    ...confirmations.filter(({ reminder }) => reminder === true),
    ...Object.values(consent).filter(({ status }) => status === 'lapsed'),
  ].reduce<string | undefined>((last, { at }) => (last === undefined || at > last ? at : last), undefined)
