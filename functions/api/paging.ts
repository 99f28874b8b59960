import * as z from 'zod'

const largestPage = 100
const defaultPage = 50

/** `?limit=` (1 to 100) and `?cursor=` as every list takes them. The cursor is opaque outside. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(largestPage).default(defaultPage),
  cursor: z
    .string()
    .max(2_000)
    .regex(/^[\w-]+$/, 'not a cursor of this list')
    .transform((text) => Buffer.from(text, 'base64url').toString('utf8'))
    .optional(),
})

export const toCursor = (key: string): string => Buffer.from(key, 'utf8').toString('base64url')

/** zod's findings in the words of CONTRACT section 4. */
export const inputErrors = (
  error: z.ZodError,
): readonly { readonly path: string; readonly message: string }[] =>
  error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
