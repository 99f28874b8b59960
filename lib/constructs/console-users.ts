import {
  AccountRecovery,
  Mfa,
  UserPool,
  type UserPoolClient,
  type UserPoolDomain,
  UserPoolGroup,
} from 'aws-cdk-lib/aws-cognito'
import { Aws, Duration, Fn, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { Config } from '../config.ts'
import type { AppFunction } from './app-function.ts'

const groups = {
  Marketing:
    'Writes and publishes the playbook, exports and erases leads; sends personal data nowhere new without an admin',
  Sales: "Sees all leads, answers and reassigns anybody's handoffs, records deals and activities",
  Admin:
    'Everything; alone: webhook secrets, new receivers of personal data, resuming of paused mail, the audit log',
} as const

const changes = [
  'AdminCreateUser',
  'AdminAddUserToGroup',
  'AdminRemoveUserFromGroup',
  'AdminDisableUser',
  'AdminEnableUser',
]

/** Who may use the console: a user pool with a group for each role. People are invited, they cannot sign up. */
export class ConsoleUsers extends Construct {
  readonly pool: UserPool
  /** For commands; browsers sign in with one of the app's own, which knows its address. */
  readonly client: UserPoolClient
  /** Where people sign in. */
  readonly domain: UserPoolDomain

  constructor(scope: Construct, id: string, { mfa }: { readonly mfa: Config['mfa'] }) {
    super(scope, id)
    this.pool = new UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      mfa: mfa === 'required' ? Mfa.REQUIRED : Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    Validations.of(this.pool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason:
          'A second factor is offered to everybody; whether it is required is for the company to decide, by the context key mfa.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason:
          'The plus plan costs by active user and month; a console with invited users gets little for it.',
      },
    )
    this.client = this.pool.addClient('Console', {
      // The second for those who may administer the pool: `aws cognito-idp admin-initiate-auth` gives a token to commands.
      authFlows: { userSrp: true, adminUserPassword: true },
      disableOAuth: true,
      generateSecret: false,
      preventUserExistenceErrors: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
    })
    this.client.applyRemovalPolicy(RemovalPolicy.RETAIN)
    // Nobody else in the region may have the same: the account's number tells it from those of others.
    const domainPrefix = Fn.join('-', [Stack.of(this).stackName.toLowerCase(), Aws.ACCOUNT_ID])
    this.domain = this.pool.addDomain('Domain', { cognitoDomain: { domainPrefix } })
    this.domain.applyRemovalPolicy(RemovalPolicy.RETAIN)
    for (const [id, description] of Object.entries(groups))
      new UserPoolGroup(this, id, {
        userPool: this.pool,
        groupName: id.toLowerCase(),
        description,
      }).applyRemovalPolicy(RemovalPolicy.RETAIN)
  }

  /** Seeing who may sign in, inviting people, giving them roles, and disabling them. */
  grantMembers(to: AppFunction): void {
    const { userPoolId } = this.pool
    const arn = Stack.of(to).formatArn({
      service: 'cognito-idp',
      resource: 'userpool',
      resourceName: userPoolId,
    })
    to.allow(
      ['ListUsers', 'ListUsersInGroup', ...changes].map((action) => `cognito-idp:${action}`),
      [arn],
    )
    to.setVariable('USER_POOL_ID', userPoolId)
  }
}
