import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { describe, expect, test } from 'vitest'
import { linkIn } from './client.ts'
import { useStory } from './use-story.ts'

describe('keys that change while the system runs', () => {
  const client = useStory()

  const keys = async (...args: string[]) => {
    const command = ['bin/keys.ts', ...args, '--url', client.url]
    return (await promisify(execFile)(process.execPath, command)).stdout
  }
  /** The confirmation that somebody is sent. */
  const signUp = async (email: string): Promise<string> => {
    await client.submitForm('newsletter', { email })
    await client.settle()
    const [mail] = await client.inbox(email)
    if (!mail) throw new Error(`nothing was sent to ${email}`)
    return new URL(linkIn(mail, '/confirm/')).pathname
  }
  const statusOf = async (path: string) => (await client.raw(path)).status

  test('links that are out stay good; after a leak those of one key are none any more', async () => {
    const first = await signUp('first@order.example.net')
    expect(first).toMatch(/^\/confirm\/1\./)
    expect(await keys('rotate')).toMatch(/^1\n2 +signs$/m)
    // Running functions look again within half a minute.
    await client.advance('31s')
    const second = await signUp('second@order.example.net')
    expect(second).toMatch(/^\/confirm\/2\./)
    expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200])
    await keys('drop', '1')
    await client.advance('31s')
    expect([await statusOf(first), await statusOf(second)]).toEqual([404, 200])
  })

  test('a new API key works within half a minute, and a revoked one stops', async () => {
    const { outputs, urls } = (await (await client.raw('/_local')).json()) as {
      outputs: Record<string, string>
      urls: { aws: string }
    }
    const secrets = new SecretsManagerClient({
      endpoint: urls.aws,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    })
    const post = (key: string) =>
      client.raw('/events', {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: '{"events":[{"type":"page.viewed","subject":{"email":"a@order.example.net"}}]}',
      })
    expect([(await post('local-api-key')).status, (await post('another-key')).status]).toEqual([202, 401])
    const SecretId = outputs['TrichterData.ApiKeysArn']
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }))
    expect(SecretString).toContain('local-api-key')
    await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: '{"shop":"another-key"}' }))
    await client.advance('31s')
    expect([(await post('local-api-key')).status, (await post('another-key')).status]).toEqual([401, 202])
  })
})
