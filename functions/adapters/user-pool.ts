import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminRemoveUserFromGroupCommand,
  type CognitoIdentityProviderClient,
  ListUsersCommand,
  ListUsersInGroupCommand,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider'
import { type Member, type MemberRole, type Members, memberRoles, type Refused } from '../settings-ports.ts'

/** The most that Cognito lists at once. */
const pageSize = 60
const mostPages = 10

const statusOf = ({ Enabled, UserStatus }: UserType): Member['status'] => {
  if (Enabled === false) return 'disabled'
  return UserStatus === 'FORCE_CHANGE_PASSWORD' ? 'invited' : 'active'
}

const refusedBecause = (error: unknown): Refused => {
  if (!(error instanceof Error)) throw error
  switch (error.name) {
    case 'UsernameExistsException':
      return { type: 'known' }
    case 'UserNotFoundException':
      return { type: 'nobody' }
    // Such as an address that cannot be, or what the runner on one's own machine does not do.
    case 'InvalidParameterException':
    case 'UnsupportedOperationException':
    case 'LimitExceededException':
    case 'CodeDeliveryFailureException':
      return { type: 'not-offered', detail: error.message }
    default:
      throw error
  }
}

/** The users of a pool, whose groups are the roles. */
export const userPool = (client: CognitoIdentityProviderClient, UserPoolId: string): Members => {
  const all = async (
    read: (
      PaginationToken: string | undefined,
    ) => Promise<{ users: readonly UserType[]; next?: string | undefined }>,
  ): Promise<readonly UserType[]> => {
    const users: UserType[] = []
    let token: string | undefined
    for (let page = 0; page < mostPages; page += 1) {
      const found = await read(token)
      users.push(...found.users)
      token = found.next
      if (token === undefined) break
    }
    return users
  }
  const inGroup = (GroupName: MemberRole) =>
    all(async (NextToken) => {
      const answer = await client.send(
        new ListUsersInGroupCommand({ UserPoolId, GroupName, Limit: pageSize, NextToken }),
      )
      return { users: answer.Users ?? [], next: answer.NextToken }
    })
  const give = (Username: string, GroupName: MemberRole) =>
    client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }))
  const take = (Username: string, GroupName: MemberRole) =>
    client.send(new AdminRemoveUserFromGroupCommand({ UserPoolId, Username, GroupName }))

  return {
    list: async () => {
      const [users, ...groups] = await Promise.all([
        all(async (PaginationToken) => {
          const answer = await client.send(
            new ListUsersCommand({ UserPoolId, Limit: pageSize, PaginationToken }),
          )
          return { users: answer.Users ?? [], next: answer.PaginationToken }
        }),
        ...memberRoles.map(inGroup),
      ])
      const names = groups.map((group) => new Set(group.map(({ Username }) => Username)))
      return users.map((user): Member => {
        const { Username: id = '', Attributes = [], UserCreateDate } = user
        return {
          id,
          email: Attributes.find(({ Name }) => Name === 'email')?.Value ?? null,
          roles: memberRoles.filter((_, index) => names[index]?.has(id)),
          status: statusOf(user),
          since: UserCreateDate?.toISOString() ?? null,
        }
      })
    },

    invite: async (email, roles) => {
      try {
        const { User } = await client.send(
          new AdminCreateUserCommand({
            UserPoolId,
            Username: email,
            DesiredDeliveryMediums: ['EMAIL'],
            UserAttributes: [
              { Name: 'email', Value: email },
              { Name: 'email_verified', Value: 'true' },
            ],
          }),
        )
        const id = User?.Username ?? email
        for (const role of roles) await give(id, role)
        return { id }
      } catch (error) {
        return refusedBecause(error)
      }
    },

    setEnabled: async (Username, isEnabled) => {
      try {
        const user = { UserPoolId, Username }
        await client.send(isEnabled ? new AdminEnableUserCommand(user) : new AdminDisableUserCommand(user))
        return undefined
      } catch (error) {
        return refusedBecause(error)
      }
    },

    change: async (id, roles) => {
      try {
        for (const role of memberRoles) await (roles.includes(role) ? give : take)(id, role)
        return undefined
      } catch (error) {
        return refusedBecause(error)
      }
    },
  }
}
