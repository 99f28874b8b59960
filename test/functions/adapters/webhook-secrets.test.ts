import { expect, test } from 'vitest'
import { signWebhook, webhookSecrets } from '../../../functions/adapters/hook-secrets.ts'

test('the example that the reference libraries of Standard Webhooks are tested with', () => {
  expect(
    signWebhook(
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      1614265330,
      '{"test": 2432232314}',
    ),
  ).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test('each endpoint and generation has a secret of its own, the same each time, of 32 bytes', () => {
  const { secretOf } = webhookSecrets('one')
  const secrets = [
    secretOf('crm', 1),
    secretOf('crm', 2),
    secretOf('erp', 1),
    webhookSecrets('two').secretOf('crm', 1),
  ]
  expect(new Set(secrets).size).toBe(4)
  expect(webhookSecrets('one').secretOf('crm', 1)).toBe(secrets[0])
  for (const secret of secrets) {
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32)
  }
})

test('two generations sign side by side', () => {
  const { secretOf, sign } = webhookSecrets('one')
  const signed = { webhookId: 'x', seconds: 1, body: '{}' }
  expect(sign('crm', [2, 1], signed)).toBe(
    [2, 1].map((generation) => signWebhook(secretOf('crm', generation), 'x', 1, '{}')).join(' '),
  )
})
