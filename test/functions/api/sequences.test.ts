import { describe, expect, test } from 'vitest'
import { apiWorld } from './api-world.ts'

const path = '/api/sequences/interest'

describe('the sequences of the console', () => {
  test.each([
    ['GET', '/api/sequences', '[sales]', 200],
    ['POST', `${path}/pause`, '[sales]', 403],
    ['POST', `${path}/resume`, '[sales]', 403],
    ['POST', `${path}/migrate`, '[sales]', 403],
    ['POST', `${path}/migrate/undo`, '[sales]', 403],
    ['POST', `${path}/pause`, '[marketing]', 404],
    ['POST', '/api/sequences/constructor/pause', '[marketing]', 404],
    ['POST', `${path}/migrate`, '[marketing]', 404],
  ] as const)('%s %s as %s: %i', async (method, address, groups, status) => {
    const answer = await apiWorld().call(address, { method, groups })
    expect({ ok: 200, forbidden: 403, 'not-found': 404 }[String(answer.type)]).toBe(status)
  })

  test.each([
    [`${path}/resume`, '{}', 'due'],
    [`${path}/resume`, '{"due":"later"}', 'due'],
    [`${path}/migrate`, '{"preview":"yes"}', 'preview'],
    [`${path}/migrate/undo`, '{}', 'migration'],
  ])('POST %s with %s says what is wrong', async (address, body, at) => {
    const answer = await apiWorld().call(address, { method: 'POST', body })
    expect(answer).toMatchObject({ type: 'bad-input', errors: [{ path: at }] })
  })
})
