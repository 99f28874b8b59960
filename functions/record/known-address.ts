import type { Fact } from '../../domain/activity/activity.ts'
import type { Lead } from '../ports.ts'

const firstAddress = (facts: readonly Fact[]): string | undefined =>
  facts.find(({ email }) => email !== undefined)?.email

/**
 * The address that a lead is written to: the first that was known of its own, or else that of a lead merged into it.
 * @param facts new ones. @param history the whole log, if it was read: then an address that left with a lead is forgotten.
 */
export const knownAddress = (
  { email }: Pick<Lead, 'email'>,
  facts: readonly Fact[],
  history?: readonly Fact[],
): string | undefined => {
  const all = history ?? facts
  const own = all.filter(({ member }) => member === undefined)
  const ofMembers = all.filter(({ member }) => member !== undefined)
  if (history === undefined) return email ?? firstAddress(own) ?? firstAddress(ofMembers)
  const isOf = (list: readonly Fact[]): boolean => list.some((fact) => fact.email === email)
  if (email !== undefined && isOf(own)) return email
  return firstAddress(own) ?? (email !== undefined && isOf(ofMembers) ? email : firstAddress(ofMembers))
}
