import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { SchedulerClient } from '@aws-sdk/client-scheduler'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SESv2Client, type SESv2ClientConfig } from '@aws-sdk/client-sesv2'
import { SQSClient } from '@aws-sdk/client-sqs'

type Bytes = ArrayBuffer | ArrayBufferView

/** Key objects of what requests are signed with, for as long as it is in use: making one takes as long as signing. */
const keyObjects = new WeakMap<Bytes, KeyObject>()

const keyObjectOf = (secret: Bytes): KeyObject => {
  const known = keyObjects.get(secret)
  if (known) return known
  const key = createSecretKey(bytesOf(secret))
  keyObjects.set(secret, key)
  return key
}

const bytesOf = (secret: Bytes): Uint8Array =>
  ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret)

/** SHA-256 or, with a secret, its HMAC, for the SDK's signer. */
class Sha256 {
  #hash
  readonly #secret: string | Bytes | undefined

  constructor(secret?: string | Bytes) {
    this.#secret = secret
    this.#hash = this.#begin()
  }

  update(data: Uint8Array): void {
    this.#hash.update(data)
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    this.#hash = this.#begin()
  }

  #begin() {
    const secret = this.#secret
    if (!secret) return createHash('sha256')
    return createHmac('sha256', typeof secret === 'string' ? secret : keyObjectOf(secret))
  }
}

/** What is made at the first call is the answer to all. */
const once = <Given extends unknown[], Made>(
  make: (...given: Given) => Made,
): ((...given: Given) => Made) => {
  let made: Made | undefined
  return (...given) => {
    made ??= make(...given)
    return made
  }
}

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

interface Signer {
  getSigningKey(credentials: Credentials, region: string, day: string, service?: string): Promise<Uint8Array>
}

const isSigner = (value: object): value is Signer =>
  'getSigningKey' in value && typeof value.getSigningKey === 'function'

/**
 * Lets a signer derive its key once for its credentials and the day. The SDK counts each request that asks for a key among the fifty
 * that it keeps: where many begin at once for two services, each drives out the other's key, and derives its own for every request.
 */
const rememberKey = (signer: Signer): void => {
  const derive = signer.getSigningKey.bind(signer)
  let last: { readonly name: string; readonly key: Promise<Uint8Array> } | undefined
  signer.getSigningKey = (credentials, ...scope) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials
    const name = JSON.stringify([accessKeyId, secretAccessKey, sessionToken, ...scope])
    if (last?.name !== name) last = { name, key: derive(credentials, ...scope) }
    return last.key
  }
}

const makeSigner = async (made: Promise<unknown>): Promise<unknown> => {
  const signer = await made
  if (typeof signer !== 'object' || signer === null) return signer
  // Services that can be asked in several regions have one signer in another.
  const inner = 'sigv4Signer' in signer ? signer.sigv4Signer : signer
  if (typeof inner === 'object' && inner !== null && isSigner(inner)) rememberKey(inner)
  return signer
}

interface Client {
  readonly middlewareStack: { remove(name: string): boolean }
  readonly config: {
    signer: (scheme?: never) => Promise<unknown>
    endpointProvider: (parameters: never) => unknown
  }
}

/**
 * Takes out of a client what does nothing here, and lets it find its endpoint and make its signer once instead of for
 * every request: what a client is asked goes to one account in one region. What leaves is the request that the SDK signs,
 * but for two headers that name the SDK.
 */
const lean = <Of extends Client>(client: Of): Of => {
  const { config, middlewareStack }: Client = client
  const { signer } = config
  config.signer = once((scheme) => makeSigner(signer(scheme)))
  config.endpointProvider = once(config.endpointProvider)
  middlewareStack.remove('loggerMiddleware')
  middlewareStack.remove('getUserAgentMiddleware')
  return client
}

/** With the order of middlewares found once for each operation. */
const shared = { sha256: Sha256, cacheMiddleware: true }

/** One for each container: made in module scope, so that connections outlive an invocation. */
export const makeTableClient = (config: DynamoDBClientConfig = {}) =>
  lean(new DynamoDBClient({ ...shared, ...config }))
export const makeObjectClient = () => lean(new S3Client({ sha256: Sha256 }))
export const makeBusClient = () => lean(new EventBridgeClient(shared))
export const makeQueueClient = () => lean(new SQSClient(shared))
export const makeSchedulerClient = () => lean(new SchedulerClient(shared))
export const makeSecretsClient = () => lean(new SecretsManagerClient(shared))
export const makeMembersClient = () => lean(new CognitoIdentityProviderClient(shared))
export const makeMailClient = (config: SESv2ClientConfig = {}) =>
  lean(new SESv2Client({ ...shared, ...config }))
