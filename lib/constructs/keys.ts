import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { RemovalPolicy, SecretValue, Validations } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { AppFunction } from './app-function.ts'

/** What signs links and hashes addresses, and the keys that other programs post events with. */
export class Keys extends Construct {
  readonly #signing: Secret
  readonly #apiKeys: Secret
  readonly #hookSecrets: Secret

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.#signing = new Secret(this, 'SigningSecret', {
      description:
        'Trichter: signs links in emails and hashes addresses. Never change it: both would be lost.',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    })
    Validations.of(this.#signing).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'A new value would break every link already sent and the way from address to lead.',
    })
    this.#apiKeys = new Secret(this, 'ApiKeys', {
      description:
        'Trichter: keys for POST /events, as a JSON object of name and key. Any of its values is accepted.',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'api-key',
        passwordLength: 40,
        excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    })
    Validations.of(this.#apiKeys).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Programs outside hold these keys; whoever rotates one adds the new beside the old, and removes the old later.',
    })
    this.#hookSecrets = new Secret(this, 'HookSecrets', {
      description:
        'Trichter: what programs that report at /hooks/{source} sign with, as a JSON object of source and secret, or ["new", "old"].',
      // Nobody can sign before somebody has put a secret here.
      secretStringValue: SecretValue.unsafePlainText('{}'),
      removalPolicy: RemovalPolicy.RETAIN,
    })
    Validations.of(this.#hookSecrets).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The programs outside give these secrets; whoever replaces one lists the new before the old.',
    })
  }

  grantHookSecrets(to: AppFunction): void {
    grant(this.#hookSecrets, to, 'HOOK_SECRETS_ARN')
  }

  grantSigning(to: AppFunction): void {
    grant(this.#signing, to, 'SIGNING_SECRET_ARN')
  }

  grantApiKeys(to: AppFunction): void {
    grant(this.#apiKeys, to, 'API_KEYS_SECRET_ARN')
  }
}

const grant = (secret: Secret, to: AppFunction, variable: string): void => {
  to.allow(['secretsmanager:GetSecretValue'], [secret.secretArn])
  to.setVariable(variable, secret.secretArn)
}
