import { isConfirmation, isSalesEmail, isSystemEmail } from '../playbook/built-in-names.ts'

/** What a name in an email stands for. `open` has attributes that may be missing; `anything` is not checked further. */
export type Shape =
  | { readonly type: 'text' }
  | { readonly type: 'anything' }
  | {
      readonly type: 'open'
      readonly known: readonly string[]
      readonly always: readonly string[]
      /** Elsewhere in the playbook: programs of the user's own may give them. */
      readonly mentioned?: readonly string[]
      /** Those that hold a day, and how the language writes one. */
      readonly dates?: { readonly names: readonly string[]; readonly format: string }
    }
  | { readonly type: 'fields'; readonly fields: Readonly<Record<string, Shape>> }
  | { readonly type: 'list'; readonly item: Shape }

const fieldsOf = (names: readonly string[]): Readonly<Record<string, Shape>> =>
  Object.fromEntries(names.map((name) => [name, { type: 'text' }]))

const texts = (...names: readonly string[]): Shape => ({ type: 'fields', fields: fieldsOf(names) })

const linksOf = (email: string): readonly string[] => {
  if (isConfirmation(email)) return ['confirm', 'notMe']
  if (email === 'reassigned') return ['console']
  if (isSalesEmail(email)) return ['accept', 'reject', 'console']
  return ['unsubscribe', 'preferences']
}

/** Those of the system lead to no form: they are about one thing. */
const formLinksOf = (email: string, forms: readonly string[]): Readonly<Record<string, Shape>> =>
  forms.length === 0 || isSystemEmail(email) ? {} : { forms: texts(...forms) }

const forSales: Readonly<Record<string, Shape>> = {
  recipient: texts('name'),
  handoff: texts(
    'id',
    'score',
    'scoreNow',
    'gained',
    'stage',
    'stageId',
    'team',
    'owner',
    'previousOwner',
    'reassignedBecause',
    'because',
    'becauseAt',
    'becauseOn',
    'requestedAt',
    'requested',
    'dueAt',
    'due',
    'confirmed',
    'phoneUnproven',
  ),
  answers: {
    type: 'list',
    item: {
      type: 'fields',
      fields: {
        ...fieldsOf(['form', 'title', 'at', 'when']),
        answers: { type: 'list', item: texts('label', 'text', 'phone') },
      },
    },
  },
  explanation: { type: 'list', item: texts('rule', 'label', 'points', 'decayedTo', 'at', 'when') },
  timeline: { type: 'list', item: texts('at', 'when', 'type', 'text', 'count') },
  emails: {
    type: 'list',
    item: texts('at', 'when', 'email', 'subject', 'clicked', 'opened', 'reaction'),
  },
  opening: { type: 'text' },
  unconfirmed: { type: 'list', item: texts('name', 'label', 'value') },
}

/** Names that the MJML of every email may use: the same for each reader, and written in before it is sent. */
export const constantShapes: Readonly<Record<string, Shape>> = {
  brand: texts('logo', 'accent', 'onAccent', 'accentOnDark', 'background', 'font'),
  email: texts('id', 'kind', 'language', 'reason'),
}

/** What an email may refer to. */
export interface Referable {
  /** That leads are known to have. */
  readonly attributes: readonly string[]
  /** Those of them that hold a day. */
  readonly dates?: readonly string[]
  /** Those that other parts of the playbook ask for. */
  readonly mentioned?: readonly string[]
  /** Ids of the playbook's forms. */
  readonly forms?: readonly string[]
}

/** For the `date` filter, which names months in the language of the email. */
const dayFormat = (language: string | undefined): string =>
  language?.startsWith('de') ? '%-d. %B %Y' : '%-d %B %Y'

/** The names that an email may use, by its id (CONTRACT section 7). */
export const scopeOf = (
  email: string,
  { attributes, dates = [], mentioned = [], forms = [] }: Referable,
  language?: string,
): Readonly<Record<string, Shape>> => ({
  lead: {
    type: 'open',
    known: attributes,
    always: ['email'],
    mentioned,
    dates: { names: dates, format: dayFormat(language) },
  },
  company: texts('name', 'address', 'imprint', 'privacy'),
  links: { type: 'fields', fields: { ...fieldsOf(linksOf(email)), ...formLinksOf(email, forms) } },
  ...(isSalesEmail(email) ? forSales : {}),
  ...(isConfirmation(email) ? { consent: texts('purpose', 'wording', 'furtherWording', 'tracking') } : {}),
})
