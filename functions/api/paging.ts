import * as z from 'zod/mini'
import type { FieldError } from '../../domain/field-error.ts'

const largestPage = 100
const defaultPage = 50
const pageSize = `must be a whole number from 1 to ${largestPage}`
/** What is wrong with a cursor that this list has not made. */
export const notOurs = 'is not a cursor of this list'

/** `?limit=` (1 to 100) and `?cursor=` as every list takes them. The cursor is opaque outside. */
export const pageQuery = z.object({
  limit: z._default(
    z.coerce
      .number(pageSize)
      .check(z.int(pageSize), z.minimum(1, pageSize), z.maximum(largestPage, pageSize)),
    defaultPage,
  ),
  cursor: z.optional(
    z.pipe(
      z.string().check(z.maxLength(2_000, notOurs), z.regex(/^[\w-]+$/, notOurs)),
      z.transform((text: string) => Buffer.from(text, 'base64url').toString('utf8')),
    ),
  ),
})

/** A filter that names one of a few. */
export const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.optional(z.enum(names, `must be one of: ${names.join(', ')}`))

/** A filter of free text. */
export const shortText = (length: number) =>
  z.optional(z.string().check(z.maxLength(length, `must have at most ${length} characters`)))

/** A key within a list, as a cursor holds it: DynamoDB takes none that is empty or longer than a kilobyte. */
export const keyText = z.string().check(z.minLength(1), z.maxLength(250))

/** The same where keys hold ids that come from outside. */
export const longKeyText = z.string().check(z.minLength(1), z.maxLength(900))

export const toCursor = (key: string): string => Buffer.from(key, 'utf8').toString('base64url')

/** zod's findings in the words of CONTRACT section 4. */
export const inputErrors = (error: z.core.$ZodError): readonly FieldError[] =>
  error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
