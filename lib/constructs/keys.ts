import { Secret, type SecretProps } from 'aws-cdk-lib/aws-secretsmanager'
import { RemovalPolicy, SecretValue, Validations } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { Variable } from '../../functions/environment.ts'
import type { AppFunction } from './app-function.ts'

/**
 * What signs links, what hashes addresses, and the keys that other programs post events with. What is generated is generated
 * once: another length or another set of characters would make CloudFormation generate it again (a test freezes them).
 */
export class Keys extends Construct {
  readonly #signing: Secret
  readonly #linkKeys: Secret
  readonly #formerLinkKeys: Secret
  readonly #apiKeys: Secret
  readonly #hookSecrets: Secret

  constructor(scope: Construct, id: string) {
    super(scope, id)
    const generated = { passwordLength: 64, excludePunctuation: true }
    // Of those that begin as `{}` nobody can use one before somebody has put something there.
    const empty = { secretStringValue: SecretValue.unsafePlainText('{}') }
    this.#signing = this.#secret(
      'SigningSecret',
      'hashes addresses and makes the secrets of webhooks. Never change it: both would be lost.',
      { generateSecretString: generated },
      'A new value would break the way from address to lead.',
    )
    this.#linkKeys = this.#secret(
      'LinkKeys',
      'signs links in emails. npm run keys -- rotate adds a key beside those that links name.',
      { generateSecretString: generated },
      'npm run keys -- rotate rotates it, and keeps the keys of links that are out.',
    )
    this.#formerLinkKeys = this.#secret(
      'FormerLinkKeys',
      'verifies links of earlier releases, which name no key. The recorder writes it once.',
      empty,
      'Signs nothing: it verifies links that went out before keys had ids, until they expire.',
    )
    const named = { secretStringTemplate: '{}', generateStringKey: 'api-key' }
    this.#apiKeys = this.#secret(
      'ApiKeys',
      'keys for POST /events, as a JSON object of name and key. Any of its values is accepted.',
      { generateSecretString: { ...generated, ...named, passwordLength: 40 } },
      'Programs outside hold these keys; to rotate one, add the new beside the old, and remove the old later.',
    )
    this.#hookSecrets = this.#secret(
      'HookSecrets',
      'what programs that report at /hooks/{source} sign with, as a JSON object of source and secret, or ["new", "old"].',
      empty,
      'The programs outside give these secrets; to replace one, list the new before the old.',
    )
  }

  /** @param reason why AWS does not rotate it. */
  #secret(id: string, description: string, value: SecretProps, reason: string): Secret {
    const secret = new Secret(this, id, {
      description: `Trichter: ${description}`,
      ...value,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason })
    return secret
  }

  grantHookSecrets(to: AppFunction): void {
    grant(this.#hookSecrets, to, 'HOOK_SECRETS_ARN')
  }

  /** Where commands find them. */
  get linkKeyArns(): { readonly current: string; readonly former: string } {
    return { current: this.#linkKeys.secretArn, former: this.#formerLinkKeys.secretArn }
  }

  /** Of every secret, in one order. */
  get allArns(): readonly string[] {
    return [this.#signing, this.#linkKeys, this.#formerLinkKeys, this.#apiKeys, this.#hookSecrets].map(
      ({ secretArn }) => secretArn,
    )
  }

  get apiKeysArn(): string {
    return this.#apiKeys.secretArn
  }

  /** Signing links, and what else lasts no longer than one does. */
  grantLinkKeys(to: AppFunction): void {
    grant(this.#linkKeys, to, 'LINK_KEYS_ARN')
  }

  /** Reading links, those of earlier releases as well. */
  grantVerifying(to: AppFunction): void {
    this.grantLinkKeys(to)
    grant(this.#formerLinkKeys, to, 'FORMER_LINK_KEYS_ARN')
  }

  /** Writing down what verifies links of earlier releases. */
  grantKeepingFormer(to: AppFunction): void {
    grant(this.#formerLinkKeys, to, 'FORMER_LINK_KEYS_ARN')
    to.allow(['secretsmanager:PutSecretValue'], [this.#formerLinkKeys.secretArn])
  }

  /** The secret that addresses are hashed under, and webhooks' secrets are made of. */
  grantSigning(to: AppFunction): void {
    grant(this.#signing, to, 'SIGNING_SECRET_ARN')
  }

  /** Reading and replacing the keys that programs post events with. */
  grantChangingApiKeys(to: AppFunction): void {
    this.grantApiKeys(to)
    to.allow(['secretsmanager:PutSecretValue'], [this.#apiKeys.secretArn])
  }

  grantApiKeys(to: AppFunction): void {
    grant(this.#apiKeys, to, 'API_KEYS_SECRET_ARN')
  }
}

const grant = (secret: Secret, to: AppFunction, variable: Variable): void => {
  to.allow(['secretsmanager:GetSecretValue'], [secret.secretArn])
  to.setVariable(variable, secret.secretArn)
}
