import { expect, test } from 'vitest'
import { secretSeal } from '../../../functions/adapters/link-keys.ts'
import { oneKey } from '../fakes/link-keys.ts'

const seal = secretSeal(oneKey('a secret'))

test('what is sealed is read by whoever has the secret, and by nobody else', () => {
  const sealed = seal.seal('mara@example.com')
  expect(sealed).not.toContain('mara')
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('mara')
  expect(seal.open(sealed)).toBe('mara@example.com')
  expect(secretSeal(oneKey('another')).open(sealed)).toBeUndefined()
})

test('the same text is sealed differently each time', () => {
  expect(seal.seal('a')).not.toBe(seal.seal('a'))
})

test.each(['', 'x', 'A'.repeat(60)])('what was not sealed here, such as %j, is nothing', (text) => {
  expect(seal.open(text)).toBeUndefined()
})
