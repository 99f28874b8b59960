import { expect, it } from 'vitest'
import { makeRouteRequest } from '../../../functions/api/routes.ts'

const route = makeRouteRequest([
  {
    method: 'POST',
    action: undefined,
    path: '/api/notes',
    roles: ['sales'],
    answer: async ({ body }) => ({ type: 'ok', body: { body } }),
  },
])

const post = (body: string) =>
  route({
    method: 'POST',
    path: '/api/notes',
    query: {},
    params: {},
    cookies: {},
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(body),
    claims: { 'cognito:groups': '[sales]', email: 'sales@example.com', token_use: 'id' },
  })

it.each(['Danke 🙏', '𠮷野', 'line\nbreak', '\u0000'])('takes the text %j', async (note) => {
  expect(await post(JSON.stringify({ note }))).toEqual({ type: 'ok', body: { body: { note } } })
})

it.each([
  '{"note":"\\ud800"}',
  '{"note":{"deep":["\\udc00\\ud800"]}}',
  '{"note\\uffff":1}',
  '{"note":"\uFFFE"}',
  '{"note":"\\uffff"}',
])('says what is wrong with the characters of %s', async (body) => {
  expect(await post(body)).toEqual({
    type: 'malformed',
    detail: expect.stringContaining('surrogate'),
  })
})
