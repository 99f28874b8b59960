import type { Fact } from '../activity/activity.ts'
import { identityKey } from '../activity/identity-key.ts'

/** Every address that a person is known by. */
export const addressesOf = (
  facts: readonly Pick<Fact, 'email'>[],
  leads: readonly { readonly email?: string }[],
): readonly string[] => [...new Set([...leads, ...facts].flatMap(({ email }) => email ?? []))]

/** The identity keys of an address under whatever rules there are: it may have been taken in under others than today's. */
export const everyIdentityKey = (address: string): readonly string[] => [
  ...new Set(
    (['same', 'distinct'] as const).flatMap((plusTags) =>
      (['same', 'distinct'] as const).map((one) => identityKey(address, { plusTags, case: one })),
    ),
  ),
]
