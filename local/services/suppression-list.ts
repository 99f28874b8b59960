import { existsSync, readFileSync } from 'node:fs'
import { objectOf, parseObject, textOf } from '../json.ts'
import { replaceFile } from '../replace-file.ts'

export interface SuppressedDestination {
  readonly EmailAddress: string
  readonly Reason: string
  /** Seconds since the epoch, as the API has it. */
  readonly LastUpdateTime: number
}

/** The account's suppression list. */
export class SuppressionList {
  readonly #entries = new Map<string, SuppressedDestination>()
  readonly #file: string | undefined

  constructor(file: string | undefined) {
    this.#file = file
    if (file === undefined || !existsSync(file)) return
    for (const [address, entry] of Object.entries(parseObject(readFileSync(file, 'utf8')))) {
      const { Reason, LastUpdateTime } = objectOf(entry)
      this.#entries.set(address, {
        EmailAddress: address,
        Reason: textOf(Reason) ?? 'BOUNCE',
        LastUpdateTime: Number(LastUpdateTime),
      })
    }
  }

  all(): SuppressedDestination[] {
    return [...this.#entries.values()]
  }

  get(address: string): SuppressedDestination | undefined {
    return this.#entries.get(address)
  }

  /** @param at RFC 3339 */
  put(address: string, reason: string, at: string): void {
    this.#entries.set(address, {
      EmailAddress: address,
      Reason: reason,
      LastUpdateTime: Date.parse(at) / 1000,
    })
    this.#save()
  }

  delete(address: string): void {
    this.#entries.delete(address)
    this.#save()
  }

  #save(): void {
    if (this.#file !== undefined) replaceFile(this.#file, JSON.stringify(Object.fromEntries(this.#entries)))
  }
}
