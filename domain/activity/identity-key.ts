/** `identity` in `settings.yaml`: which addresses are one person's. */
export interface IdentityRules {
  /** `anna+news@…` and `anna@…`. */
  readonly plusTags: 'same' | 'distinct'
  /** `Anna@…` and `anna@…`: the part before the `@`; domain names never tell cases apart. */
  readonly case: 'same' | 'distinct'
}

/** What the settings say, or as most mail services have it. */
export const identityRules = (given: Partial<IdentityRules> | undefined): IdentityRules => ({
  plusTags: 'distinct',
  case: 'same',
  ...given,
})

/** What a lead is found by: equal for all addresses that count as one. Nothing is ever sent there. */
export const identityKey = (address: string, rules: IdentityRules): string => {
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  const plus = rules.plusTags === 'same' ? local.indexOf('+') : -1
  const base = plus > 0 ? local.slice(0, plus) : local
  return `${rules.case === 'same' ? base.toLowerCase() : base}@${address.slice(at + 1).toLowerCase()}`
}
