import { describe, expect, it } from 'vitest'
import { callerOf } from '../../../functions/api/api-request.ts'
import { apiApp, get } from '../../../functions/api/api-route.ts'
import { resultOf, send } from '../http/call-app.ts'

const id = '3f1c9a52-0000-4000-8000-000000000000'
/** What Cognito puts into the ID token of somebody who signs in by their address. */
const idToken = {
  aud: 'client',
  'cognito:groups': '[marketing sales]',
  'cognito:username': id,
  email: 'mara@example.com',
  email_verified: 'true',
  sub: id,
  token_use: 'id',
}
/** Its access token has neither address nor name, and the id as `username`. */
const accessToken = {
  client_id: 'client',
  'cognito:groups': '[admin]',
  scope: 'aws.cognito.signin.user.admin',
  sub: id,
  token_use: 'access',
  username: id,
}

describe('who calls', () => {
  it.each([
    ['goes by their name', { ...idToken, name: 'Mara Lind' }, 'Mara Lind'],
    ['goes by their address where nobody entered a name', idToken, 'mara@example.com'],
    ['goes by their address where the name is empty', { ...idToken, name: '' }, 'mara@example.com'],
  ])('%s', (_, claims, name) => {
    expect(callerOf(claims)).toEqual({ name, email: 'mara@example.com', roles: ['marketing', 'sales'] })
  })

  it('is nobody with an access token', () => {
    expect(callerOf(accessToken)).toBeUndefined()
  })
})

it('asks whoever sends an access token for the ID token', async () => {
  const me = get('/api/me', { roles: ['admin'] }, () => async ({ caller }) => ({ type: 'ok', body: caller }))
  const app = apiApp([me], {})
  const ask = async (claims: Record<string, string>) => resultOf(await send(app, '/api/me', { claims }))
  expect(await ask(accessToken)).toMatchObject({
    type: 'unproven',
    detail: expect.stringContaining('ID token'),
  })
  expect(await ask({ ...idToken, 'cognito:groups': '[admin]' })).toMatchObject({ type: 'ok' })
})
