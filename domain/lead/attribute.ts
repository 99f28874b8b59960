import type { Json } from '../json.ts'

/** What is known of a lead under one name, and the fact that said so. */
export interface Attribute {
  readonly value: Json
  readonly at: string
  readonly factId: string
  /**
   * By a form: of which nobody has shown yet that it came from whoever reads the mailbox (`form`), or whose confirmation
   * was sent back (`confirmed`). Absent: by a program, a colleague, or a form reached by a link of an email.
   */
  readonly given?: 'form' | 'confirmed'
}

/** What was cleared is not there: `null`, and a text of blanks alone. */
export const isBlank = (value: Json | undefined): value is undefined | null | '' =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')

/** Attributes that are numbers; CRMs and files send them as text. */
const numbers: readonly string[] = ['employees']

/** The value as conditions see it; undefined for one that was cleared. */
export const valueAsAsked = (name: string, value: Json | undefined): Json | undefined => {
  if (isBlank(value)) return undefined
  return numbers.includes(name) && typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value)
    ? Number(value)
    : value
}
