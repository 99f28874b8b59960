import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apiKeyCheck, secretTokens } from '../../../functions/adapters/link-keys.ts'
import { leadId } from '../../domain/support/facts.ts'
import { runs } from '../../support/runs.ts'
import { oneKey } from '../fakes/link-keys.ts'

const tokens = secretTokens(oneKey('a signing secret'))
const now = '2026-03-02T09:00:00.000Z'
const claims = { leadId, data: { form: 'newsletter', factId: 'f-1' } }
const token = tokens.sign('confirm', claims, '2026-03-09T09:00:00.000Z')

describe('a token', () => {
  test('says what was signed, in characters that a path may hold', () => {
    expect(tokens.verify('confirm', token, now)).toEqual(claims)
    expect(token).toMatch(/^[\w.-]+$/)
  })

  test.each([
    ['for another purpose', () => tokens.verify('unsubscribe', token, now)],
    ['of another secret', () => secretTokens(oneKey('another')).verify('confirm', token, now)],
    ['at its end', () => tokens.verify('confirm', token, '2026-03-09T09:00:00.000Z')],
    ['cut off', () => tokens.verify('confirm', token.slice(0, -1), now)],
    ['empty', () => tokens.verify('confirm', '', now)],
    ['without signature', () => tokens.verify('confirm', `${token.split('.')[0]}.`, now)],
  ])('%s is none', (_, verify) => {
    expect(verify()).toBeUndefined()
  })

  test('with any one character changed is none', () => {
    const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...characters), (at, character) => {
        fc.pre(token.charAt(at) !== character)
        const forged = token.slice(0, at) + character + token.slice(at + 1)
        expect(tokens.verify('confirm', forged, now)).toBeUndefined()
      }),
      { numRuns: runs(500) },
    )
  })
})

describe('API keys', () => {
  const isKey = apiKeyCheck('{"crm":"key-of-the-crm","shop":"key-of-the-shop"}')
  test('are the values of the secret', () => {
    expect(['key-of-the-crm', 'key-of-the-shop'].map(isKey)).toEqual([true, true])
    expect(['crm', '', 'key-of-the-crm ', 'key-of-the-sho'].map(isKey)).toEqual([false, false, false, false])
  })
  test('must not be too short to be one', () => {
    expect(() => apiKeyCheck('{"crm":""}')).toThrow(/crm/)
  })
})
