import { randomBytes, randomInt } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { Need } from '../access/guard.ts'
import { AwsError } from '../aws-error.ts'
import type { VirtualClock } from '../clock.ts'
import { replaceFile } from '../data-folder.ts'
import {
  jsonAnswer,
  type Operation,
  readTarget,
  refuseJson,
  type Service,
  unknownOperation,
} from '../gateway/gateway.ts'
import { isTrue, numberOf, objectOf, parseObject, textOf } from '../json.ts'
import { stableHash } from '../template/intrinsics.ts'
import type { Resource } from '../template/model.ts'

/** Secrets Manager as far as functions read, and people change, a secret's value. */
export function secretsService(store: SecretStore): Service {
  return {
    read: readTarget,
    needs: (operation) => needs(operation, store),
    invoke: async (operation) => jsonAnswer(run(operation, store)),
    refuse: refuseJson,
  }
}

function needs({ name, input }: Operation, store: SecretStore): Need[] {
  const action = `secretsmanager:${name}`
  const id = textOf(input.SecretId)
  if (id === undefined) return [{ action, resource: '*' }]
  return [{ action, resource: store.find(id)?.arn ?? id }]
}

function run({ name, input }: Operation, store: SecretStore): object {
  if (name === 'ListSecrets') {
    return {
      SecretList: store
        .all()
        .map((secret) => ({ ARN: secret.arn, Name: secret.name }))
        .slice(0, numberOf(input.MaxResults) ?? 100),
    }
  }
  const secret = store.find(textOf(input.SecretId) ?? '')
  if (!secret)
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
  const described = { ARN: secret.arn, Name: secret.name }
  switch (name) {
    case 'GetSecretValue':
      return {
        ...described,
        SecretString: secret.value,
        VersionId: secret.version,
        VersionStages: ['AWSCURRENT'],
        CreatedDate: secret.createdAt / 1000,
      }
    case 'DescribeSecret':
      return {
        ...described,
        VersionIdsToStages: { [secret.version]: ['AWSCURRENT'] },
        CreatedDate: secret.createdAt / 1000,
      }
    case 'PutSecretValue': {
      const value = textOf(input.SecretString)
      if (value === undefined) throw new AwsError('InvalidRequestException', 'SecretString is needed')
      const version = store.put(secret.arn, value, textOf(input.ClientRequestToken))
      return { ...described, VersionId: version, VersionStages: ['AWSCURRENT'] }
    }
    default:
      throw unknownOperation(name)
  }
}

interface Secret {
  readonly arn: string
  readonly name: string
  readonly value: string
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** The stack's secrets, generated on the first start and kept in a file that only its owner reads. */
export class SecretStore {
  readonly #secrets = new Map<string, Secret>()
  readonly #file: string | undefined
  readonly #clock: VirtualClock

  constructor(resources: readonly Resource[], clock: VirtualClock, file: string | undefined) {
    this.#file = file
    this.#clock = clock
    const kept = file !== undefined && existsSync(file) ? parseObject(readFileSync(file, 'utf8')) : {}
    for (const resource of resources) {
      const before = objectOf(kept[resource.arn])
      const value = textOf(before.value) ?? initialValue(resource)
      const version = textOf(before.version) ?? stableHash(resource.arn, 32)
      const createdAt = numberOf(before.createdAt) ?? clock.now()
      this.#secrets.set(resource.arn, { arn: resource.arn, name: resource.name, value, version, createdAt })
    }
    if (resources.length > 0) this.#save()
  }

  all(): Secret[] {
    return [...this.#secrets.values()]
  }

  /** By name, ARN, or ARN without its random suffix. */
  find(id: string): Secret | undefined {
    return (
      this.#secrets.get(id) ??
      this.all().find(({ arn, name }) => name === id || arn.replace(/-.{6}$/, '') === id)
    )
  }

  /** The new value's version. */
  put(arn: string, value: string, version = randomBytes(16).toString('hex')): string {
    const secret = this.#secrets.get(arn)
    if (secret) this.#secrets.set(arn, { ...secret, value, version, createdAt: this.#clock.now() })
    this.#save()
    return version
  }

  #save(): void {
    if (this.#file !== undefined) {
      replaceFile(this.#file, JSON.stringify(Object.fromEntries(this.#secrets), null, 2))
    }
  }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const DIGITS = '0123456789'
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

/** A generated value under a key is `local-<key>`, so that people can type it; one without a key is random. */
function initialValue({ properties }: Resource): string {
  const given = textOf(properties.SecretString)
  if (given !== undefined) return given
  const generate = objectOf(properties.GenerateSecretString)
  const key = textOf(generate.GenerateStringKey)
  if (key !== undefined) {
    return JSON.stringify({
      ...parseObject(textOf(generate.SecretStringTemplate) ?? '{}'),
      [key]: `local-${key}`,
    })
  }
  const excluded = new Set(textOf(generate.ExcludeCharacters) ?? '')
  const alphabet = [
    ...LETTERS,
    ...(isTrue(generate.ExcludeNumbers) ? '' : DIGITS),
    ...(isTrue(generate.ExcludePunctuation) ? '' : PUNCTUATION),
  ].filter((character) => !excluded.has(character))
  const length = numberOf(generate.PasswordLength) ?? 32
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}
