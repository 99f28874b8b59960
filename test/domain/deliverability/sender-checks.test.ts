import { describe, expect, it } from 'vitest'
import {
  checkSender,
  dmarcNames,
  type SenderCheck,
  type SenderFacts,
  type SenderIdentity,
} from '../../../domain/deliverability/sender-checks.ts'

const identity: SenderIdentity = {
  name: 'mail.example.com',
  isVerified: true,
  dkim: { status: 'success', tokens: ['one', 'two', 'three'] },
  mailFrom: 'bounce.mail.example.com',
}
const good: SenderFacts = {
  address: 'hallo@mail.example.com',
  region: 'eu-central-1',
  identity,
  account: { isOpen: true, maySend: true, most: 50_000, sent: 1_200, perSecond: 14 },
  spf: ['unrelated', 'v=spf1 include:amazonses.com ~all'],
  dmarc: { name: '_dmarc.example.com', texts: ['v=DMARC1; adkim=r; p=none'] },
}
const statesOf = (facts: SenderFacts) =>
  Object.fromEntries(checkSender(facts, 'en').map(({ id, state }) => [id, state]))
const one = (id: SenderCheck['id'], facts: Partial<SenderFacts>, language = 'en') => {
  const found = checkSender({ ...good, ...facts }, language).find((check) => check.id === id)
  if (!found) throw new Error(`no check ${id}`)
  return found
}

describe('the checks of the sender', () => {
  it('are all right where everything is set up, and say nothing to do', () => {
    expect(new Set(Object.values(statesOf(good)))).toEqual(new Set(['ok']))
    expect(checkSender(good, 'en').every(({ fix, records }) => fix === null && records.length === 0)).toBe(
      true,
    )
  })

  it('are unknown, not missing, where SES or DNS does not answer', () => {
    expect(
      statesOf({ ...good, identity: undefined, account: undefined, spf: undefined, dmarc: undefined }),
    ).toEqual({
      ...{ sender: 'unknown', dkim: 'unknown', spf: 'unknown', dmarc: 'unknown' },
      ...{ sandbox: 'unknown', quota: 'unknown' },
    })
  })

  it('name the records that SES looks for', () => {
    const dkim = { status: 'pending', tokens: ['one', 'two'] } as const
    expect(one('dkim', { identity: { ...identity, dkim } })).toMatchObject({
      state: 'missing',
      records: [
        {
          name: 'one._domainkey.mail.example.com',
          type: 'CNAME',
          value: 'one.dkim.amazonses.com',
        },
        { name: 'two._domainkey.mail.example.com' },
      ],
    })
    expect(one('spf', { spf: ['v=spf1 include:example.org -all'] }).records).toEqual([
      { name: 'bounce.mail.example.com', type: 'MX', value: '10 feedback-smtp.eu-central-1.amazonses.com' },
      { name: 'bounce.mail.example.com', type: 'TXT', value: 'v=spf1 include:amazonses.com ~all' },
    ])
    expect(one('dmarc', { dmarc: { name: '_dmarc.mail.example.com', texts: [] } })).toMatchObject({
      state: 'missing',
      records: [{ name: '_dmarc.mail.example.com', type: 'TXT' }],
    })
  })

  it('see that SPF counts for the MAIL FROM domain alone', () => {
    const { mailFrom: _, ...shared } = identity
    expect(one('spf', { identity: shared })).toMatchObject({ state: 'missing', records: [] })
    expect(one('spf', { spf: ['v=spf10 include:amazonses.com'] }).state).toBe('missing')
  })

  it('tell a sender that nobody knows from one that waits', () => {
    const { state, detail, fix } = one('sender', { identity: 'absent' })
    expect([state, detail]).toEqual(['missing', 'SES does not know mail.example.com: every email waits.'])
    expect(fix).toContain('emailDomain')
    expect(one('sender', { identity: { ...identity, isVerified: false } }).detail).toContain('not verified')
    expect(one('dkim', { identity: 'absent' }).state).toBe('missing')
  })

  it('see the sandbox, stopped mail and a quota that is nearly used', () => {
    const account = { isOpen: true, maySend: true, sent: 0 }
    expect(one('sandbox', { account: { ...account, isOpen: false } }).state).toBe('missing')
    expect(one('sandbox', { account: { ...account, maySend: false } }).detail).toContain('stopped')
    expect(one('quota', { account }).detail).toBe('0 emails in the last 24 hours; there is no limit.')
    expect(one('quota', { account: { ...account, sent: 180, most: 200 } }).state).toBe('missing')
    expect(one('quota', { account: { ...account, sent: 179, most: 200 } }).state).toBe('ok')
  })

  it('speak German', () => {
    expect(one('quota', {}, 'de-AT').detail).toContain('der letzten 24 Stunden')
    expect(one('sender', {}, 'fr').detail).toBe('SES sends for mail.example.com.')
  })
})

it('a policy may stand above the domain', () => {
  expect(dmarcNames('mail.example.com')).toEqual(['_dmarc.mail.example.com', '_dmarc.example.com'])
})
