import type { Need } from '../access/guard.ts'
import { AwsError } from '../aws-error.ts'
import {
  jsonAnswer,
  type Operation,
  readTarget,
  refuseJson,
  type Service,
  unknownOperation,
} from '../gateway/service.ts'
import { numberOf, textOf } from '../json.ts'
import type { SecretStore } from './secret-store.ts'

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
