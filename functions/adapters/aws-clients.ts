import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { SchedulerClient } from '@aws-sdk/client-scheduler'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SESv2Client, type SESv2ClientConfig } from '@aws-sdk/client-sesv2'
import { SQSClient } from '@aws-sdk/client-sqs'

type Secret = string | ArrayBuffer | ArrayBufferView

/**
 * Key objects of what requests are signed with: making one takes as long as signing. Credentials last as long as the
 * environment that holds them, so that there are five for each service and day.
 */
const keyObjects = new Map<Secret, KeyObject>()

const keyObjectOf = (secret: Secret): KeyObject => {
  const known = keyObjects.get(secret)
  if (known) return known
  const key = typeof secret === 'string' ? createSecretKey(secret, 'utf8') : createSecretKey(bytesOf(secret))
  keyObjects.set(secret, key)
  return key
}

const bytesOf = (secret: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret)

/** SHA-256 or, with a secret, its HMAC, for the SDK's signer. */
class Sha256 {
  #hash
  readonly #secret: Secret | undefined

  constructor(secret?: Secret) {
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
    return this.#secret ? createHmac('sha256', keyObjectOf(this.#secret)) : createHash('sha256')
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
  config.signer = once(config.signer)
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
