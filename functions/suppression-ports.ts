import type { SuppressedAddress } from '../domain/email/judge-send.ts'

/** Why an address is not written to, whoever has it. */
export type Suppression = SuppressedAddress

/**
 * Addresses that are not written to, by the keyed hash of the address's identity key: what is kept tells nobody whose it
 * is, and outlives the lead. Reads are strongly consistent.
 */
export interface Suppressions {
  /** The first reason stays: adding again changes nothing. */
  add(addressHash: string, reason: Suppression['reason'], at: string): Promise<void>
  find(addressHash: string): Promise<Suppression | undefined>
}
