import type { IdentityRules } from '../activity/identity-key.ts'
import type { FieldError } from '../field-error.ts'
import type { Tone } from '../playbook/settings.ts'
import { checkField, type FieldValue, type Posted } from './check-field.ts'
import { type FieldFault, faultMessage } from './field-messages.ts'
import type { Form } from './form.ts'

/** Field that people do not see and robots fill in. */
export const honeypotField = '_homepage'
/** Hidden field that tells one submission from the next. */
export const submissionIdField = '_id'

/** Room that the rest of a fact's properties keeps free of their 16 KiB. */
const maxFieldBytes = 12 * 1024

export type Submission =
  | {
      readonly type: 'valid'
      readonly email: string
      readonly fields: Readonly<Record<string, FieldValue>>
    }
  | { readonly type: 'robot' }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

/**
 * Checks what was posted against the form. Fields that the form does not have are ignored; every fault is listed, in
 * `language`, in the order of the fields. An address is always needed: it is whom the submission is about.
 */
export const validateSubmission = (
  form: Form,
  posted: ReadonlyMap<string, Posted>,
  language: string,
  identity?: Pick<IdentityRules, 'case'>,
  { tone, today }: { readonly tone?: Tone | undefined; readonly today?: string | undefined } = {},
): Submission => {
  const trap = posted.get(honeypotField)
  if (trap !== undefined && !(trap.type === 'scalar' && trap.value === '')) return { type: 'robot' }

  const errors: FieldError[] = []
  const refuse = (path: string, fault: FieldFault) =>
    errors.push({ path, message: faultMessage(fault, language, tone) })
  const values = new Map<string, FieldValue>()
  let bytes = 0
  for (const field of form.fields) {
    const checked = checkField(field, posted.get(field.name), { language, identity, today })
    if (checked.type === 'fault') refuse(field.name, checked.fault)
    if (checked.type !== 'value') continue
    values.set(field.name, checked.value)
    const size = new TextEncoder().encode(JSON.stringify(checked.value)).length
    bytes += size
    if (bytes > maxFieldBytes)
      refuse(field.name, { type: 'too-long', max: Math.max(0, maxFieldBytes - bytes + size) })
  }
  const email = values.get('email')
  if (email === undefined && !errors.some((error) => error.path === 'email'))
    refuse('email', { type: 'missing' })
  if (errors.length > 0 || typeof email !== 'string') return { type: 'refused', errors }
  return { type: 'valid', email, fields: Object.fromEntries(values) }
}
