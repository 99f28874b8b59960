import { expect, it } from 'vitest'
import { loggedReason } from '../../../local/queues/dead-letters.ts'

const line = (entry: object) => JSON.stringify({ level: 'ERROR', messageId: 'm1', ...entry })

it.each([
  ['an error with name and reason', { error: { name: 'Refused', reason: 'no type' } }, 'Refused: no type'],
  ['an error with a message', { error: { name: 'TypeError', message: 'no type' } }, 'TypeError: no type'],
  ['an error without a name', { error: { message: 'no type' } }, 'no type'],
  ['an error that names itself', { error: { name: 'E', message: 'E: no type' } }, 'E: no type'],
  ['an error as text', { error: 'no type', message: 'failed' }, 'no type'],
  ['an error as Lambda writes it', { errorMessage: 'no type', message: 'failed' }, 'no type'],
  ['a message alone', { message: 'no type' }, 'no type'],
])('the reason is read from %s', (_, entry, reason) => {
  expect(loggedReason([line(entry)], 'm1')).toBe(reason)
})

it('finds the id at any depth, and in a list', () => {
  const entry = { level: 'ERROR', message: 'late', context: { ids: ['m0', { id: 'm1' }] } }
  expect(loggedReason([JSON.stringify(entry)], 'm1')).toBe('late')
})

it('the newest line counts', () => {
  expect(loggedReason([line({ message: 'first' }), line({ message: 'second' })], 'm1')).toBe('second')
})

it.each([
  ['of another level', JSON.stringify({ level: 'WARN', messageId: 'm1', message: 'ERROR' })],
  ['about another message', line({ messageId: 'm2', message: 'about m1 as well' })],
  ['that is no JSON', 'ERROR m1 failed'],
  ['that is no object', '["ERROR", "m1"]'],
  ['without any reason', line({})],
])('a line %s is none', (_, text) => {
  expect(loggedReason([text], 'm1')).toBeUndefined()
})
