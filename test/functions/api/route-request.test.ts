import { expect, it } from 'vitest'
import { apiApp, post } from '../../../functions/api/api-route.ts'
import { resultOf, send } from '../http/call-app.ts'

const echo = post('/api/notes', { roles: ['sales'], action: undefined }, () => async ({ body }) => ({
  type: 'ok',
  body: { body },
}))
const app = apiApp([echo], {})

const note = async (body: string) =>
  resultOf(
    await send(app, '/api/notes', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      claims: { 'cognito:groups': '[sales]', email: 'sales@example.com', token_use: 'id' },
    }),
  )

it.each(['Danke 🙏', '𠮷野', 'line\nbreak', '\u0000'])('takes the text %j', async (text) => {
  expect(await note(JSON.stringify({ note: text }))).toEqual({ type: 'ok', body: { body: { note: text } } })
})

it.each([
  '{"note":"\\ud800"}',
  '{"note":{"deep":["\\udc00\\ud800"]}}',
  '{"note\\uffff":1}',
  '{"note":"\uFFFE"}',
  '{"note":"\\uffff"}',
])('says what is wrong with the characters of %s', async (body) => {
  expect(await note(body)).toEqual({
    type: 'malformed',
    detail: expect.stringContaining('surrogate'),
  })
})
