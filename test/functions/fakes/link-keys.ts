import { type LinkKeys, parseLinkKeys } from '../../../functions/adapters/link-keys.ts'

/** One key, as a new deployment has it. */
export const oneKey = (secret: string): (() => LinkKeys) => {
  const keys = parseLinkKeys(secret)
  return () => keys
}
