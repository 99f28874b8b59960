import type { SuppressedAddress } from '../domain/email/suppressed-address.ts'

/** Why an address is not written to, whoever has it. */
export type Suppression = SuppressedAddress

/**
 * Addresses that are not written to, by the keyed hash of an address's key: what is kept tells nobody whose it is, and
 * outlives the lead. Mail that bounces is kept by `mailboxKey`; who is erased by every identity key, of which that is one.
 * Reads are strongly consistent.
 */
export interface Suppressions {
  /** Of two reasons the weightier stands (`outweighed`), of two that weigh the same the later one. */
  add(addressHash: string, reason: Suppression['reason'], at: string): Promise<void>
  /** Notes an erasure beside whatever reason stands; the latest one stays. Browsers stand here as well, as hashes. */
  addErasure(hash: string, at: string): Promise<void>
  find(addressHash: string): Promise<Suppression | undefined>
}

/** What stands against writing to the mailbox of an address. */
export type SuppressionOf = (address: string) => Promise<Suppression | undefined>

/** Has nobody write to the mailbox of an address any more, under whatever lead. */
export type SuppressAddress = (address: string, suppression: Suppression) => Promise<void>
