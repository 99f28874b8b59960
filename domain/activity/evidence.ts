import type { JsonObject } from '../json.ts'
import type { Activity } from './activity.ts'

/**
 * Whoever tells an activity, where it is not Trichter itself that has seen it happen. `by-hand`: a signed-in person;
 * `api`: a program with a key; `hook`: a CRM by a hook of the playbook; `program`: another source on the bus.
 */
export type Teller =
  | { readonly type: 'by-hand'; readonly by: string; readonly isAdmin: boolean }
  | { readonly type: 'api' }
  | { readonly type: 'hook'; readonly hook: string }
  | { readonly type: 'program' }

/** Of these it matters who says so: what allows mail or forbids it, what takes it back, and who filled in a form. */
const bearEvidence: readonly string[] = [
  'consent.granted',
  'consent.withdrawn',
  'email.unsubscribed',
  'email.complained',
  'email.bounced',
  'activity.voided',
  'form.submitted',
]

/** Written by the server alone: how it came about, who did it, and that a mailbox was shown to be theirs. */
const ownNames: readonly string[] = ['confirmed', 'submission', 'via', 'how', 'by', 'role']
/** What was read when agreeing, which nobody remembers to the letter: a form's submission holds it. */
const words: readonly string[] = ['form', 'wording', 'wordingHash', 'visitorId']

const without = (properties: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)))

const byHand = (
  { type, properties }: Activity,
  { by, isAdmin }: Teller & { type: 'by-hand' },
): JsonObject => ({
  ...without(properties, type === 'consent.granted' ? [...ownNames, ...words] : ownNames),
  how: 'by-hand',
  by,
  ...(isAdmin && { role: 'admin' }),
})

/** What a program says of how it was given is kept beside: it may come from a system that knows. */
const byProgram = ({ type, properties }: Activity, how: string): JsonObject =>
  type === 'form.submitted'
    ? { ...without(properties, ownNames), via: how }
    : {
        ...without(properties, ownNames),
        how,
        ...(typeof properties.how === 'string' && { statedHow: properties.how }),
      }

/** The activity with the evidence that the server can vouch for, whatever its body says. */
export const asTold = (activity: Activity, teller: Teller): Activity => {
  switch (teller.type) {
    case 'by-hand':
      return { ...activity, properties: byHand(activity, teller) }
    case 'api':
    case 'program':
    case 'hook': {
      if (!bearEvidence.includes(activity.type)) return activity
      const how = teller.type === 'hook' ? `hook:${teller.hook}` : teller.type
      return { ...activity, properties: byProgram(activity, how) }
    }
    default:
      return teller satisfies never
  }
}

/** Whether a form came by a link of an email to the address, or from a program that answers for it: nobody else can have sent it. */
export const isOwnersForm = ({ via }: JsonObject): boolean => typeof via === 'string' && via !== ''

type Told = Pick<Activity, 'type' | 'properties'>

/** Whether a colleague noted it: no evidence that the person said so. */
export const isByHand = ({ how }: JsonObject): boolean => how === 'by-hand'

/** Whether an admin did it by hand: nobody else takes back what a person or their mail provider has said. */
export const isByAdmin = ({ properties }: Told): boolean =>
  isByHand(properties) && properties.role === 'admin'

/** Whether it was told by somebody who may not take back such a thing. What was taken back before that was asked stays so. */
export const mayVoidRefusals = (told: Told): boolean => told.properties.how === undefined || isByAdmin(told)

/** What the person or their mail provider has said against mail. */
export const isRefusal = ({ type }: Pick<Told, 'type'>): boolean =>
  type === 'consent.withdrawn' ||
  type === 'email.unsubscribed' ||
  type === 'email.complained' ||
  type === 'email.bounced' ||
  type === 'confirmation.refused'
