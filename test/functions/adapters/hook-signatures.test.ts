import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { claimOf, type SignedRequest } from '../../../domain/hook/signed-claim.ts'
import type { Verification } from '../../../domain/model/hook.ts'
import { proveClaim } from '../../../functions/adapters/hook-secrets.ts'

const now = '2026-03-02T09:30:00.000Z'
const at = Date.parse(now)
const body = '{"événement":1}'

const request = (headers: Record<string, string>, more: Partial<SignedRequest> = {}): SignedRequest => ({
  method: 'POST',
  url: 'https://go.example.com/hooks/crm',
  headers,
  body: new TextEncoder().encode(body),
  ...more,
})

/** Why it is not believed; undefined where it is. */
const refusal = (verify: Verification, signed: SignedRequest, secrets: readonly string[], time = now) => {
  const claim = claimOf(verify, signed, time)
  if (claim.type === 'unproven') return claim.reason
  return proveClaim(claim, secrets) ? undefined : 'wrong'
}

const hmac = (secret: string | Buffer, text: string, encoding: 'hex' | 'base64') =>
  createHmac('sha256', secret).update(text).digest(encoding)

describe('HubSpot v3', () => {
  const verify = { scheme: 'hubspot-v3' } as const
  const secret = 'a-client-secret'
  const signed = (time = at, text = body, url = 'https://go.example.com/hooks/crm') => ({
    'x-hubspot-request-timestamp': String(time),
    'x-hubspot-signature-v3': hmac(secret, `POST${url}${text}${time}`, 'base64'),
  })
  it.each([
    ['as it was signed', request(signed()), undefined],
    ['five minutes old', request(signed(at - 300_000)), undefined],
    ['five minutes ahead', request(signed(at + 300_000)), undefined],
    ['older', request(signed(at - 300_001)), 'stale timestamp'],
    ['further ahead', request(signed(at + 300_001)), 'stale timestamp'],
    [
      'with another time beside it',
      request({ ...signed(), 'x-hubspot-request-timestamp': String(at + 1) }),
      'wrong',
    ],
    ['with another body', request(signed(at, '{}')), 'wrong'],
    ['for another address', request(signed(at, body, 'https://go.example.com/hooks/other')), 'wrong'],
    ['with another method', request(signed(), { method: 'PUT' }), 'wrong'],
    ['without a time', request({ 'x-hubspot-signature-v3': 'eA==' }), 'no signature'],
    ['without a signature', request({ 'x-hubspot-request-timestamp': String(at) }), 'no signature'],
    [
      'a time that is none',
      request({ ...signed(), 'x-hubspot-request-timestamp': '1e12' }),
      'stale timestamp',
    ],
  ])('%s', (_which, one, reason) => {
    expect(refusal(verify, one, [secret])).toBe(reason)
  })

  it('takes the new secret and the old one while they are changed, and no other', () => {
    expect(refusal(verify, request(signed()), ['another-secret', secret])).toBeUndefined()
    expect(refusal(verify, request(signed()), [secret, 'another-secret'])).toBeUndefined()
    expect(refusal(verify, request(signed()), ['another-secret', 'a-third-secret'])).toBe('wrong')
    expect(refusal(verify, request(signed()), [])).toBe('wrong')
  })
})

describe('Standard Webhooks', () => {
  const verify = { scheme: 'standard-webhooks' } as const
  // The example of github.com/standard-webhooks/standard-webhooks, in its libraries' tests.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const time = '2021-02-25T15:02:10.000Z'
  const example = request(
    {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    { body: new TextEncoder().encode('{"test": 2432232314}') },
  )

  it('believes the example of the specification, with and without the prefix of the secret', () => {
    expect(refusal(verify, example, [secret], time)).toBeUndefined()
    expect(refusal(verify, example, [secret.slice('whsec_'.length)], time)).toBeUndefined()
  })

  it.each([
    ['one of several signatures', `v1a,xyz v1,AAAA ${example.headers['webhook-signature']}`, undefined],
    ['none of version 1', 'v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=', 'no signature'],
    ['another one', 'v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=', 'wrong'],
    ['no version', 'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=', 'no signature'],
  ])('%s', (_which, signature, reason) => {
    const one = request({ ...example.headers, 'webhook-signature': signature }, { body: example.body })
    expect(refusal(verify, one, [secret], time)).toBe(reason)
  })

  it('is stale later', () => {
    expect(refusal(verify, example, [secret], '2021-02-25T15:07:11.000Z')).toBe('stale timestamp')
  })
})

describe('HMAC-SHA-256 of the body', () => {
  const verify = {
    scheme: 'hmac-sha256',
    header: 'x-hub-signature-256',
    encoding: 'hex',
    prefix: 'sha256=',
  } as const
  const right = hmac('a-long-secret', body, 'hex')
  it.each([
    [`sha256=${right}`, undefined],
    [`sha256=${right.toUpperCase()}`, undefined],
    [right, 'no signature'],
    ['sha256=', 'no signature'],
    [`sha256=${right.slice(0, -1)}`, 'wrong'],
    [`sha256=${right}00`, 'wrong'],
  ])('%s', (header, reason) => {
    expect(refusal(verify, request({ 'x-hub-signature-256': header }), ['a-long-secret'])).toBe(reason)
  })

  it('in base64, without a prefix', () => {
    const base64 = { scheme: 'hmac-sha256', header: 'x-signature', encoding: 'base64' } as const
    const one = request({ 'x-signature': hmac('a-long-secret', body, 'base64') })
    expect(refusal(base64, one, ['a-long-secret'])).toBeUndefined()
  })
})

describe('Basic, and a token', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  it.each([
    [basic('pipe:pässword'), undefined],
    [basic('pipe:other'), 'wrong'],
    [`basic ${Buffer.from('pipe:pässword').toString('base64')}`, undefined],
    ['Basic ***', 'no signature'],
    ['Bearer abc', 'no signature'],
    [`Basic ${Buffer.from([0xff, 0xfe]).toString('base64')}`, 'no signature'],
  ])('%s', (authorization, reason) => {
    expect(refusal({ scheme: 'basic' }, request({ authorization }), ['pipe:pässword'])).toBe(reason)
  })

  it.each([
    ['Bearer a-long-token', undefined],
    ['a-long-token', 'no signature'],
    ['Bearer a-long-toke', 'wrong'],
  ])('%s', (authorization, reason) => {
    const verify = { scheme: 'token', header: 'authorization', prefix: 'Bearer ' } as const
    expect(refusal(verify, request({ authorization }), ['a-long-token'])).toBe(reason)
  })
})
