import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import * as z from 'zod/mini'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import { type Clock, type TokenPurpose, type Tokens, Transient } from '../ports.ts'
import type { FormStamps, Seal } from '../send-ports.ts'
import type { ApiKeys } from '../settings-ports.ts'

/** Read once at cold start. @throws when the secret has no text, or may not be read. */
export const readSecret = async (client: SecretsManagerClient, arn: string): Promise<string> => {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }))
  if (!SecretString) throw new Error(`secret ${arn} holds no text`)
  return SecretString
}

const derived = new Map<string, KeyObject>()

/**
 * A key of its own for each purpose (HKDF, RFC 5869), so that what one signs means nothing to another. Derived once, and no bytes: with
 * these an HMAC takes seven times as long, as Node makes a key object of them each time.
 */
export const deriveKey = (secret: string, purpose: string): KeyObject => {
  const name = `${purpose} ${secret}`
  const key =
    derived.get(name) ?? createSecretKey(new Uint8Array(hkdfSync('sha256', secret, 'trichter', purpose, 32)))
  derived.set(name, key)
  return key
}

/** HMAC-SHA-256 of a text, in base64url. */
export const hmacOf = (key: KeyObject, text: string): string =>
  createHmac('sha256', key).update(text).digest('base64url')

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
 * links may hold. So its holder writes what it needs into a secret of its own, once.
 */
export const keepFormerLinkKeys = async (
  client: SecretsManagerClient,
  arn: string,
  secret: string,
): Promise<void> => {
  if ((await readSecret(client, arn)) !== '{}') return
  const keys = purposes.map((purpose) => [
    purpose,
    deriveKey(secret, `token:${purpose}`).export().toString('hex'),
  ])
  const SecretString = JSON.stringify(Object.fromEntries(keys))
  await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString }))
}

/** Something read from outside that is read again every now and then. */
interface Refreshed<Value> {
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
        // A visitor who opens a link waits for no service that is down.
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

/** Short names keep links short: lead, expiry in epoch seconds, data. */
const payloadSchema = z.object({
  l: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  e: z.number(),
  d: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
})

/** Those of earlier releases name no key. */
const shape = /^(?:([a-z0-9]{1,16})\.)?([\w-]{1,2048})\.([\w-]{43})$/

const readPayload = (text: string): z.infer<typeof payloadSchema> | undefined => {
  try {
    return z.safeParse(payloadSchema, JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/**
 * Tokens `key.payload.signature`: id of a key, base64url JSON, HMAC-SHA-256 of both under what is derived from the key for
 * the purpose. @param linkKeys those of the moment.
 */
export const secretTokens = (linkKeys: () => LinkKeys): Tokens => {
  const derive = (secret: string, purpose: TokenPurpose): KeyObject => deriveKey(secret, `token:${purpose}`)

  const keyOf = (id: string | undefined, purpose: TokenPurpose): KeyObject | undefined => {
    const { keys, former } = linkKeys()
    const known = id === undefined ? former.get(purpose) : keys.get(id)
    if (known === undefined) return undefined
    return id === undefined ? createSecretKey(known, 'hex') : derive(known, purpose)
  }

  return {
    sign: (purpose, { leadId, data }, expiresAt) => {
      const { current, keys } = linkKeys()
      const claims = { l: leadId, e: Math.floor(Date.parse(expiresAt) / 1000), d: data }
      const signed = `${current}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
      return `${signed}.${hmacOf(derive(keys.get(current) ?? '', purpose), signed)}`
    },
    verify: (purpose, token, now) => {
      const [, id, payload, given] = shape.exec(token) ?? []
      if (payload === undefined || given === undefined) return undefined
      const key = keyOf(id, purpose)
      if (key === undefined) return undefined
      const expected = hmacOf(key, id === undefined ? payload : `${id}.${payload}`)
      // Compared as text: base64url has spare bits, and only one spelling of a signature is right.
      if (!timingSafeEqual(Buffer.from(expected), Buffer.from(given))) return undefined
      const claims = readPayload(Buffer.from(payload, 'base64url').toString())
      if (claims === undefined || claims.e * 1000 <= Date.parse(now)) return undefined
      return { leadId: claims.l, data: claims.d }
    },
  }
}

const ivBytes = 12
const tagBytes = 16

/** AES-256-GCM: base64url of initialisation vector, authentication tag and ciphertext. */
export const secretSeal = (linkKeys: () => LinkKeys): Seal => {
  const keyOf = (secret: string): KeyObject => deriveKey(secret, 'seal')
  const open = (sealed: string, secret: string): string | undefined => {
    const bytes = Buffer.from(sealed, 'base64url')
    if (bytes.length < ivBytes + tagBytes) return undefined
    try {
      const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), bytes.subarray(0, ivBytes))
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
      return decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
    } catch {
      return undefined
    }
  }
  return {
    seal: (text) => {
      const iv = randomBytes(ivBytes)
      const { current, keys } = linkKeys()
      const cipher = createCipheriv('aes-256-gcm', keyOf(keys.get(current) ?? ''), iv)
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64url')
    },
    // What was sealed right before the keys were rotated is still on its way.
    open: (sealed) =>
      [...linkKeys().keys.values()].map((secret) => open(sealed, secret)).find((text) => text !== undefined),
  }
}

const keys = z.record(z.string(), z.string().check(z.minLength(8)))

/** One that nobody can guess, and whoever finds it somewhere knows for what it is. */
export const newApiKey = (): string => `trk_${randomBytes(30).toString('base64url')}`

/** The keys in their secret. What is changed is good within half a minute. */
export const storedApiKeys = (client: SecretsManagerClient, arn: string): ApiKeys => ({
  list: async () => new Map(Object.entries(z.parse(keys, JSON.parse(await readSecret(client, arn))))),
  replace: async (given) => {
    const SecretString = JSON.stringify(Object.fromEntries(given))
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString }))
  },
})

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * Keys for `POST /events`: every value of the secret's JSON object is one, its name is whom it was given to.
 * All are compared, in constant time. @throws when the secret is not such an object.
 */
export const apiKeyCheck = (secret: string): ((key: string) => boolean) => {
  const known = Object.values(z.parse(keys, JSON.parse(secret))).map(digest)
  return (key) => {
    const given = digest(key)
    return known.reduce((found, one) => timingSafeEqual(one, given) || found, false)
  }
}

const stampShape = /^(\d{1,15})\.([\w-]{22})$/

/** Stamps `milliseconds.signature`: half an HMAC-SHA-256 is more than enough for the time of day. */
export const formStamps = (linkKeys: () => LinkKeys): FormStamps => {
  const signature = (time: string, secret: string): string =>
    createHmac('sha256', deriveKey(secret, 'form-stamp'))
      .update(time)
      .digest()
      .subarray(0, 16)
      .toString('base64url')
  return {
    issue: (at) => {
      const time = String(Date.parse(at))
      const { current, keys } = linkKeys()
      return `${time}.${signature(time, keys.get(current) ?? '')}`
    },
    read: (stamp) => {
      const [, time, given] = stampShape.exec(stamp) ?? []
      if (time === undefined || given === undefined) return undefined
      // A form that was open while the keys were rotated may still be sent.
      const isOurs = [...linkKeys().keys.values()].some((secret) =>
        timingSafeEqual(Buffer.from(signature(time, secret)), Buffer.from(given)),
      )
      if (!isOurs) return undefined
      return new Date(Number(time)).toISOString()
    },
  }
}

/** @returns what stands for a text in ids: equal for equal texts, and nobody without the secret can tell which text it was. */
export const keyedFingerprint = (secret: string): ((text: string) => string) => {
  const key = deriveKey(secret, 'fingerprint')
  return (text) => hmacOf(key, text)
}

/** What a browser is hashed by: no address's key looks like it. */
export const browserName = (visitorId: string): string => `browser:${visitorId}`

/** @returns what stands for a normalised address in keys: nobody without the secret can tell which address it was. */
export const addressHasher = (secret: string): ((email: string) => string) => {
  const key = deriveKey(secret, 'address')
  return (email) => hmacOf(key, email)
}
