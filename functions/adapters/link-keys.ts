import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import * as z from 'zod/mini'
import { type Clock, type TokenPurpose, Transient } from '../ports.ts'
import { deriveKey, readSecret } from './secrets.ts'

/** What links in emails are signed with, and every key with which links that are out may have been. */
export interface LinkKeys {
  /** Id of the key that signs. */
  readonly current: string
  /** Secrets by key id. */
  readonly keys: ReadonlyMap<string, string>
  /** Keys, in hex, of links of earlier releases, which name none. */
  readonly former: ReadonlyMap<string, string>
}

const keyId = /^[a-z0-9]{1,16}$/

const ringSchema = z.object({
  current: z.string(),
  keys: z.record(z.string().check(z.regex(keyId)), z.string().check(z.minLength(32))),
})
const formerSchema = z.record(z.string(), z.string())

/** Id of the key that the deployment generated, as text that is no JSON. */
const firstId = '1'

/**
 * Reads the secret `LinkKeys`: the generated text, or `{ "current": "2", "keys": { "1": "…", "2": "…" } }` once they were
 * rotated. @throws Transient, without a word of what it says, when it is neither.
 */
export const parseLinkKeys = (text: string, former = '{}'): LinkKeys => {
  try {
    const known = new Map(Object.entries(z.parse(formerSchema, JSON.parse(former))))
    if (!text.startsWith('{')) return { current: firstId, keys: new Map([[firstId, text]]), former: known }
    const { current, keys } = z.parse(ringSchema, JSON.parse(text))
    const ring = new Map(Object.entries(keys))
    if (!ring.has(current)) throw new Error('the current key is not among them')
    return { current, keys: ring, former: known }
  } catch {
    throw new Transient('LinkKeys or FormerLinkKeys is not what npm run keys writes')
  }
}

const writeLinkKeys = (current: string, keys: ReadonlyMap<string, string>): string =>
  JSON.stringify({ current, keys: Object.fromEntries(keys) })

/** A new key signs from now on; links of the others stay good. @returns the secret's new text. */
export const rotatedLinkKeys = (text: string, secret: string): string => {
  const { keys } = parseLinkKeys(text)
  const latest = Math.max(0, ...[...keys.keys()].map(Number).filter(Number.isFinite))
  const id = String(latest + 1)
  return writeLinkKeys(id, new Map([...keys, [id, secret]]))
}

/** Links of the key `id` are none any more. @throws when it is the one that signs, or there is none. */
export const droppedLinkKey = (text: string, id: string): string => {
  const { current, keys } = parseLinkKeys(text)
  if (id === current) throw new Error(`${id} is the key that signs: rotate first`)
  if (!keys.has(id)) throw new Error(`there is no key ${id}`)
  return writeLinkKeys(current, new Map([...keys].filter(([known]) => known !== id)))
}

const purposes: readonly TokenPurpose[] = ['confirm', 'unsubscribe', 'handoff', 'profile', 'click', 'open']

/**
 * Links of earlier releases were signed with keys derived from the secret that hashes addresses, which nobody who answers
 * links may hold. So whoever holds it writes what they need into a secret of their own, once.
 */
export const keepFormerLinkKeys = async (
  client: SecretsManagerClient,
  arn: string,
  secret: string,
): Promise<void> => {
  if ((await readSecret(client, arn)) !== '{}') return
  const keys = purposes.map((purpose) => [
    purpose,
    Buffer.from(deriveKey(secret, `token:${purpose}`)).toString('hex'),
  ])
  const SecretString = JSON.stringify(Object.fromEntries(keys))
  await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString }))
}

/** Something read from outside that is read again every now and then. */
export interface Refreshed<Value> {
  readonly current: () => Value
  /** To be awaited before each use: does nothing while what is known is young. What cannot be read stays as it was. */
  readonly refresh: () => Promise<void>
}

/** How long what changed outside may go unnoticed, in milliseconds. */
const keptFor = 30_000

/** @throws when it cannot be read at first. */
export const refreshed = async <Value>(
  read: () => Promise<Value>,
  clock: Clock,
): Promise<Refreshed<Value>> => {
  let value = await read()
  let until = Date.parse(clock()) + keptFor
  return {
    current: () => value,
    refresh: async () => {
      const now = Date.parse(clock())
      if (now < until) return
      until = now + keptFor
      try {
        value = await read()
      } catch (error) {
        // Whoever opens a link waits for no service that is down.
        if (!(error instanceof Error)) throw error
      }
    },
  }
}

/** @param arns of `LinkKeys` and, for those who read links, of `FormerLinkKeys`. */
export const refreshedLinkKeys = (
  client: SecretsManagerClient,
  arns: { readonly current: string; readonly former?: string },
  clock: Clock,
): Promise<Refreshed<LinkKeys>> =>
  refreshed(async () => {
    const [text, former] = await Promise.all([
      readSecret(client, arns.current),
      arns.former === undefined ? '{}' : readSecret(client, arns.former),
    ])
    return parseLinkKeys(text, former)
  }, clock)
