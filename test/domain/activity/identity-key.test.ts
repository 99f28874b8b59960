import { expect, test } from 'vitest'
import { parseActivity } from '../../../domain/activity/parse-activity.ts'
import { identityKey, identityRules, parseAddress } from '../../../domain/activity/subject.ts'

test.each([
  ['anna+news@example.com', {}, 'anna+news@example.com'],
  ['anna+news@example.com', { plusTags: 'same' }, 'anna@example.com'],
  ['anna+a+b@example.com', { plusTags: 'same' }, 'anna@example.com'],
  ['+anna@example.com', { plusTags: 'same' }, '+anna@example.com'],
  ['Anna@Example.com', {}, 'anna@example.com'],
  ['Anna@Example.com', { case: 'distinct' }, 'Anna@example.com'],
  ['Anna+News@example.com', { plusTags: 'same', case: 'distinct' }, 'Anna@example.com'],
] as const)('%s under %j is found by %s', (address, given, key) => {
  expect(identityKey(address, identityRules(given))).toBe(key)
})

test('an address keeps its case only where cases are distinct', () => {
  expect(parseAddress(' Anna@Example.COM ')).toBe('anna@example.com')
  expect(parseAddress(' Anna@Example.COM ', { case: 'same' })).toBe('anna@example.com')
  expect(parseAddress(' Anna@Example.COM ', { case: 'distinct' })).toBe('Anna@example.com')
})

test('an activity is about the address as the settings tell addresses apart', () => {
  const input = { id: 'a', type: 'page.viewed', subject: { email: 'Anna@example.com' } }
  const at = '2026-03-01T09:00:00.000Z'
  expect(parseActivity(input, at)).toMatchObject({ activity: { subject: { email: 'anna@example.com' } } })
  expect(parseActivity(input, at, undefined, { case: 'distinct' })).toMatchObject({
    activity: { subject: { email: 'Anna@example.com' } },
  })
})
