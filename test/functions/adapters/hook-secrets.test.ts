import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { hookSecrets } from '../../../functions/adapters/hook-secrets.ts'
import { Transient } from '../../../functions/ports.ts'

const client = mockClient(SecretsManagerClient)
beforeEach(() => client.reset())

const holding = (text: string) => client.on(GetSecretValueCommand).resolves({ SecretString: text })

const world = () => {
  const times = { now: '2026-03-02T09:30:00.000Z' }
  const secretsOf = hookSecrets({
    client: new SecretsManagerClient({}),
    arn: 'arn:hooks',
    clock: () => times.now,
  })
  return { times, secretsOf }
}

describe('the secret HookSecrets', () => {
  it.each([
    ['{"crm":"a-long-secret"}', ['a-long-secret']],
    ['{"crm":["new-secret","old-secret"],"other":"x"}', ['new-secret', 'old-secret']],
    ['{}', []],
    ['{"crm":""}', []],
    ['{"crm":["short","a-long-secret"]}', ['a-long-secret']],
    ['{"crm":[]}', []],
    ['{"CRM":"a-long-secret"}', []],
  ])('%s', async (text, secrets) => {
    holding(text)
    expect(await world().secretsOf('crm')).toEqual(secrets)
  })

  it.each([
    ['{"crm":"short"}', true],
    ['{"crm":["short","seven77"]}', true],
    ['{"crm":["short","a-long-secret"]}', false],
    ['{"crm":"a-long-secret"}', false],
    ['{"other":"short"}', false],
  ])('%s: whether what is set is too short', async (text, isTooShort) => {
    holding(text)
    expect(await world().secretsOf.isTooShort?.('crm')).toBe(isTooShort)
  })

  it.each(['constructor', '__proto__', 'toString'])('has none for %s', async (source) => {
    holding('{}')
    expect(await world().secretsOf(source)).toEqual([])
  })

  it.each(['', '[]', '"a-long-secret"', '{"crm":{"secret":"a-long-secret"}}', '{'])(
    'that reads %s is told without what it says, and asked for again',
    async (text) => {
      const { secretsOf } = world()
      holding(text)
      const failure: unknown = await secretsOf('crm').catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(Error)
      expect(String(failure)).not.toContain('a-long-secret')
      holding('{"crm":"a-long-secret"}')
      expect(await secretsOf('crm')).toEqual(['a-long-secret'])
    },
  )

  it('that is malformed is a passing failure: the CRM delivers again', async () => {
    holding('{')
    await expect(world().secretsOf('crm')).rejects.toBeInstanceOf(Transient)
  })

  it('is read once in half a minute, however many ask', async () => {
    const { times, secretsOf } = world()
    holding('{"crm":"a-long-secret"}')
    await Promise.all([secretsOf('crm'), secretsOf('other')])
    times.now = '2026-03-02T09:30:29.999Z'
    await secretsOf('crm')
    expect(client.calls()).toHaveLength(1)
    times.now = '2026-03-02T09:30:30.000Z'
    holding('{"crm":"another-secret"}')
    expect(await secretsOf('crm')).toEqual(['another-secret'])
  })
})
