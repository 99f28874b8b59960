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

/** What would bring other users, or other roles. */
const CHANGES = new Set(['AdminCreateUser', 'AdminAddUserToGroup', 'AdminRemoveUserFromGroup'])

interface PoolOptions {
  /** Names of the pool's groups: each has one user. */
  readonly groups: readonly string[]
  /** Ids of users who may not sign in, until the runner ends. */
  readonly disabled: Set<string>
  /** Milliseconds. */
  now(): number
}

/** The user pool as far as its users are listed, disabled and enabled; who they are is fixed, as their tokens are. */
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

function run({ name, input }: Operation, { groups, disabled, now }: PoolOptions): object {
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
      Enabled: !disabled.has(id),
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
  if (name === 'AdminDisableUser' || name === 'AdminEnableUser') {
    const id = textOf(input.Username) ?? ''
    if (!users.some(({ user }) => user.Username === id))
      throw new AwsError('UserNotFoundException', 'User does not exist.')
    if (name === 'AdminDisableUser') disabled.add(id)
    else disabled.delete(id)
    return {}
  }
  if (CHANGES.has(name)) {
    throw new AwsError(
      'UnsupportedOperationException',
      `On this machine there is one user for each role (${groups.join(', ')}), and nobody is invited: deployed, the user pool does that.`,
    )
  }
  throw unknownOperation(name)
}
