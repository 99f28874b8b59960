import { createHmac } from 'node:crypto'
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { mockClient } from 'aws-sdk-client-mock'
import { describe, expect, test } from 'vitest'
import {
  deriveKey,
  droppedLinkKey,
  formStamps,
  keepFormerLinkKeys,
  type LinkKeys,
  parseLinkKeys,
  refreshed,
  rotatedLinkKeys,
  secretSeal,
  secretTokens,
} from '../../../functions/adapters/link-keys.ts'
import { type TokenPurpose, Transient } from '../../../functions/ports.ts'
import { leadId } from '../../domain/support/facts.ts'

const now = '2026-03-02T09:00:00.000Z'
const later = '2026-03-09T09:00:00.000Z'
const claims = { leadId, data: { form: 'newsletter' } }
const secretOf = (letter: string): string => letter.repeat(64)
const purposes: readonly TokenPurpose[] = ['confirm', 'unsubscribe', 'handoff', 'profile', 'click', 'open']

/** Keys that change under those who use them. */
const changing = (text: string) => {
  let keys: LinkKeys = parseLinkKeys(text)
  return {
    current: () => keys,
    change: (next: string, former?: string) => {
      keys = parseLinkKeys(next, former)
    },
  }
}

describe('keys that are rotated', () => {
  test.each(purposes)('leave links of the purpose %s good, and sign the next ones', (purpose) => {
    const keys = changing(secretOf('a'))
    const tokens = secretTokens(keys.current)
    const first = tokens.sign(purpose, claims, later)
    expect(first).toMatch(/^1\.[\w-]+\.[\w-]{43}$/)
    const second = rotatedLinkKeys(secretOf('a'), secretOf('b'))
    keys.change(second)
    expect(tokens.verify(purpose, first, now)).toEqual(claims)
    const next = tokens.sign(purpose, claims, later)
    expect(next).toMatch(/^2\./)
    const third = rotatedLinkKeys(second, secretOf('c'))
    keys.change(third)
    expect([first, next].map((token) => tokens.verify(purpose, token, now))).toEqual([claims, claims])
    expect(tokens.sign(purpose, claims, later)).toMatch(/^3\./)

    keys.change(droppedLinkKey(third, '1'))
    expect(tokens.verify(purpose, first, now)).toBeUndefined()
    expect(tokens.verify(purpose, next, now)).toEqual(claims)
  })

  test('a link that names another key than its own is none, nor one that names none', () => {
    const keys = changing(rotatedLinkKeys(secretOf('a'), secretOf('b')))
    const tokens = secretTokens(keys.current)
    const token = tokens.sign('click', claims, later)
    for (const forged of [token.replace(/^2/, '1'), token.replace(/^2/, '3'), token.replace(/^2\./, '')])
      expect(tokens.verify('click', forged, now)).toBeUndefined()
  })

  test('the key that signs is not dropped, nor one that is not there', () => {
    const text = rotatedLinkKeys(secretOf('a'), secretOf('b'))
    expect(() => droppedLinkKey(text, '2')).toThrow('rotate first')
    expect(() => droppedLinkKey(text, '7')).toThrow('no key 7')
  })

  test('a form that is open and a test email on its way are good as well', () => {
    const keys = changing(secretOf('a'))
    const stamps = formStamps(keys.current)
    const seal = secretSeal(keys.current)
    const [stamp, sealed] = [stamps.issue(now), seal.seal('mara@example.com')]
    keys.change(rotatedLinkKeys(secretOf('a'), secretOf('b')))
    expect(stamps.read(stamp)).toBe(now)
    expect(seal.open(sealed)).toBe('mara@example.com')
    expect(stamps.issue(now)).not.toBe(stamp)
  })

  test.each(['{}', '{"current":"2","keys":{}}', '{"current":"1","keys":{"1":"short"}}', '{nothing'])(
    'a secret that says %s is told of without what it says',
    (text) => {
      expect(() => parseLinkKeys(text)).toThrow(Transient)
      expect(() => parseLinkKeys(text)).toThrow(/npm run keys/)
    },
  )
})

describe('links of earlier releases, which name no key', () => {
  const master = 'the one secret of earlier releases'
  const oldToken = (purpose: TokenPurpose): string => {
    const body = JSON.stringify({ l: leadId, e: Date.parse(later) / 1000, d: claims.data })
    const payload = Buffer.from(body).toString('base64url')
    const key = deriveKey(master, `token:${purpose}`)
    return `${payload}.${createHmac('sha256', key).update(payload).digest('base64url')}`
  }
  /** What the recorder writes, over what stands there. */
  const written = async (standing: string): Promise<string | undefined> => {
    const secrets = mockClient(SecretsManagerClient)
    secrets.on(GetSecretValueCommand).resolves({ SecretString: standing })
    secrets.on(PutSecretValueCommand).resolves({})
    await keepFormerLinkKeys(new SecretsManagerClient({}), 'arn', master)
    return secrets.commandCalls(PutSecretValueCommand)[0]?.args[0].input.SecretString
  }

  test.each(purposes)('stay good for %s, and for nothing else', async (purpose) => {
    const former = (await written('{}')) ?? ''
    expect(former).not.toContain(master)
    const tokens = secretTokens(() => parseLinkKeys(secretOf('a'), former))
    expect(tokens.verify(purpose, oldToken(purpose), now)).toEqual(claims)
    const other = purpose === 'open' ? 'click' : 'open'
    expect(tokens.verify(other, oldToken(purpose), now)).toBeUndefined()
    expect(secretTokens(() => parseLinkKeys(secretOf('a'))).verify(purpose, oldToken(purpose), now)).toBe(
      undefined,
    )
  })

  test.each(['{"confirm":"00"}', '{"dropped":""}'])('are written once: %s stays', async (standing) => {
    expect(await written(standing)).toBeUndefined()
  })
})

test('what is read again is known within half a minute, and stays as it was while it cannot be read', async () => {
  let time = now
  let value = 'first'
  let reads = 0
  const known = await refreshed(
    async () => {
      reads += 1
      if (value === 'broken') throw new Error('out of order')
      return value
    },
    () => time,
  )
  value = 'second'
  time = '2026-03-02T09:00:29.999Z'
  await known.refresh()
  expect([known.current(), reads]).toEqual(['first', 1])
  time = '2026-03-02T09:00:30.000Z'
  await known.refresh()
  await known.refresh()
  expect([known.current(), reads]).toEqual(['second', 2])
  value = 'broken'
  time = '2026-03-02T09:01:00.000Z'
  await known.refresh()
  expect(known.current()).toBe('second')
})
