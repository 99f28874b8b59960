import { describe, expect, test } from 'vitest'
import {
  type Attempted,
  afterFailure,
  afterSuccess,
  type EndpointState,
  enabled,
  isDisabled,
  newEndpoint,
  restsUntil,
  rotated,
  signingGenerations,
} from '../../../domain/webhook/delivery.ts'

const url = 'https://crm.example.com/hook'
const at = (seconds: number): string =>
  new Date(Date.parse('2026-03-02T09:00:00.000Z') + seconds * 1_000).toISOString()
const status = (code: number): Attempted => ({ type: 'answered', status: code, answer: 'secret words' })
const timeout: Attempted = { type: 'unanswered', reason: 'timeout' }

describe('the secret of an endpoint', () => {
  test('after a rotation both sign for a day, then the new one alone', () => {
    const state = rotated(newEndpoint, at(0))
    expect(signingGenerations(newEndpoint, at(0))).toEqual([1])
    expect(signingGenerations(state, at(0))).toEqual([2, 1])
    expect(signingGenerations(state, at(86_399))).toEqual([2, 1])
    expect(signingGenerations(state, at(86_400))).toEqual([2])
  })

  test('rotated twice, the first one is out at once', () => {
    expect(signingGenerations(rotated(rotated(newEndpoint, at(0)), at(60)), at(61))).toEqual([3, 2])
  })
})

describe('an endpoint', () => {
  test('that answers 410 is disabled under this address, until it is enabled', () => {
    const gone = afterFailure(newEndpoint, status(410), url, at(0))
    expect(isDisabled(gone, url)).toBe(true)
    expect(isDisabled(gone, `${url}/new`)).toBe(false)
    expect(isDisabled({ ...enabled(gone) }, url)).toBe(false)
  })

  test.each([timeout, status(429), status(502), status(503), status(504)])('rests after %j', (attempted) => {
    const strained = afterFailure(newEndpoint, attempted, url, at(0))
    expect(restsUntil(strained, at(4), 0)).toBe(at(5))
    expect(restsUntil(strained, at(5), 0)).toBeUndefined()
  })

  test.each([400, 404, 500])('does not rest after %i, which is about the one message', (code) => {
    const failed = afterFailure(newEndpoint, status(code), url, at(0))
    expect(restsUntil(failed, at(0), 0)).toBeUndefined()
    expect(failed.lastError).toEqual({ at: at(0), status: code })
  })

  test('rests twice as long after each further failure, five minutes at most; what waited is spread', () => {
    let state: EndpointState = newEndpoint
    const rests: number[] = []
    let now = 0
    for (let time = 0; time < 9; time += 1) {
      state = afterFailure(state, timeout, url, at(now))
      const until = Date.parse(restsUntil(state, at(now), 0) ?? '')
      rests.push((until - Date.parse(at(now))) / 1_000)
      now += rests.at(-1) ?? 0
    }
    expect(rests).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300])
    expect(restsUntil(state, at(now - 1), 0.5)).toBe(at(now + 150))
  })

  test('that fails several times at once has failed once', () => {
    const once = afterFailure(newEndpoint, timeout, url, at(0))
    expect(afterFailure(once, timeout, url, at(1))).toMatchObject({ strained: 1, restUntil: at(5) })
  })

  test('that answers again is as before; nothing changes where nothing was wrong', () => {
    const well = afterSuccess(afterFailure(newEndpoint, timeout, url, at(0)))
    expect(restsUntil(well, at(1), 0)).toBeUndefined()
    expect(afterSuccess(newEndpoint)).toBe(newEndpoint)
  })
})
