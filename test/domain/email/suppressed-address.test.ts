import { expect, test } from 'vitest'
import { mailboxKey, outweighed } from '../../../domain/email/judge-send.ts'

test('cases are one mailbox, labels are not', () => {
  expect(mailboxKey('Anna@Example.COM')).toBe('anna@example.com')
  expect(mailboxKey('anna+news@example.com')).toBe('anna+news@example.com')
})

test('a complaint takes the place of everything, being erased of nothing', () => {
  expect(outweighed('complained').weaker).toEqual(['erased', 'soft-bounced', 'ses-suppressed', 'bounced'])
  expect(outweighed('complained').equal).toEqual(['complained'])
  expect(outweighed('bounced').weaker).toEqual(['erased'])
  expect(outweighed('erased')).toEqual({ weaker: [], equal: ['erased'] })
})
