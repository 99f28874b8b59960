import { AwsError } from '../aws-error.ts'
import {
  jsonAnswer,
  type Operation,
  readTarget,
  refuseJson,
  type Service,
  unknownOperation,
} from '../gateway/gateway.ts'
import { localUser } from '../http/payload.ts'
import { textOf } from '../json.ts'
import { arnOf } from '../template/intrinsics.ts'

/** What would change who may sign in. */
const CHANGES = new Set(['AdminCreateUser', 'AdminAddUserToGroup', 'AdminRemoveUserFromGroup'])

interface PoolOptions {
  /** Names of the pool's groups: each has one user. */
  readonly groups: readonly string[]
  /** Milliseconds. */
  now(): number
}

/** The user pool as far as its users are listed; they are fixed, as their tokens are. */
export function cognitoService(options: PoolOptions): Service {
  return {
    read: readTarget,
    needs: ({ name, input }) => [
      {
        action: `cognito-idp:${name}`,
        resource: arnOf('cognito-idp', `userpool/${textOf(input.UserPoolId) ?? ''}`),
      },
    ],
    invoke: async (operation) => jsonAnswer(run(operation, options)),
    refuse: refuseJson,
  }
}

function run({ name, input }: Operation, { groups, now }: PoolOptions): object {
  const created = now() / 1000
  const users = groups.map(localUser).map(({ group, id, email }) => ({
    group,
    user: {
      Username: id,
      Attributes: [
        { Name: 'sub', Value: id },
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
      ],
      Enabled: true,
      UserStatus: 'CONFIRMED',
      UserCreateDate: created,
      UserLastModifiedDate: created,
    },
  }))
  if (name === 'ListUsers') return { Users: users.map(({ user }) => user) }
  if (name === 'ListUsersInGroup') {
    const group = textOf(input.GroupName)
    if (group === undefined || !groups.includes(group))
      throw new AwsError('ResourceNotFoundException', 'Group not found.')
    return { Users: users.filter((one) => one.group === group).map(({ user }) => user) }
  }
  if (CHANGES.has(name)) {
    throw new AwsError(
      'UnsupportedOperationException',
      `On this machine there is one user for each role (${groups.join(', ')}), and nobody is invited: deployed, the user pool does that.`,
    )
  }
  throw unknownOperation(name)
}
