import { hkdfSync } from 'node:crypto'
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'

/** Read once at cold start. @throws when the secret has no text, or may not be read. */
export const readSecret = async (client: SecretsManagerClient, arn: string): Promise<string> => {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }))
  if (!SecretString) throw new Error(`secret ${arn} holds no text`)
  return SecretString
}

/** A key of its own for each purpose (HKDF, RFC 5869), so that what one signs means nothing to another. */
export const deriveKey = (secret: string, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, 'trichter', purpose, 32))
