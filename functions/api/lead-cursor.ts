import * as z from 'zod/mini'
import { keyText, toCursor } from './paging.ts'

/** Where a list of leads goes on: told apart from the cursors of other lists. */
const position = z.object({ leads: keyText })

export const toLeadCursor = (key: string): string => toCursor(JSON.stringify({ leads: key }))

/** @param cursor as `pageQuery` reads it. @returns undefined when it is not one of a list of leads. */
export const readLeadCursor = (cursor: string | undefined): { readonly leads?: string } | undefined => {
  if (cursor === undefined) return {}
  try {
    return position.parse(JSON.parse(cursor))
  } catch {
    return undefined
  }
}
