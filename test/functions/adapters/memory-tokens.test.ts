import { expect, test } from 'vitest'
import { memoryTokens } from '../../../functions/adapters/memory-playbooks.ts'
import { leadId } from '../../domain/support/facts.ts'

const claims = { leadId, data: { form: 'newsletter' } }
const [before, expiry] = ['2026-03-02T08:59:59.000Z', '2026-03-02T09:00:00.000Z']

test('a token is good for its purpose until it expires', () => {
  const tokens = memoryTokens()
  const token = tokens.sign('confirm', claims, expiry)
  expect(tokens.verify('confirm', token, before)).toEqual(claims)
  expect(tokens.verify('confirm', token, expiry)).toBeUndefined()
  expect(tokens.verify('unsubscribe', token, before)).toBeUndefined()
  expect(memoryTokens().verify('confirm', token, before)).toBeUndefined()
})

test('no two tokens are the same', () => {
  const tokens = memoryTokens()
  const all = [1, 2, 3].map(() => tokens.sign('confirm', claims, expiry))
  expect(new Set(all).size).toBe(3)
})
