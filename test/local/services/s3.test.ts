import { afterEach, beforeEach, expect, test } from 'vitest'
import { Guard } from '../../../local/access/guard.ts'
import { Activity } from '../../../local/activity.ts'
import { VirtualClock } from '../../../local/clock.ts'
import { Faults } from '../../../local/gateway/faults.ts'
import { CallLog, Counts, Gateway } from '../../../local/gateway/gateway.ts'
import { s3Service } from '../../../local/services/s3.ts'
import { startObjects } from '../../../local/start-services.ts'

const bucket = {
  ...{ stack: 'data', logicalId: 'Rows', type: 'AWS::S3::Bucket', properties: {} },
  ...{ name: 'rows', ref: 'rows', arn: 'arn:aws:s3:::rows', attributes: {} },
}
const roleArn = 'arn:aws:iam::000000000000:role/reader'
const may = (Action: string[], Resource: string[]) => ({ Effect: 'Allow', Action, Resource })

let app: Awaited<ReturnType<typeof startObjects>>
let gateway: Gateway
let clock: VirtualClock
beforeEach(async () => {
  clock = new VirtualClock()
  app = await startObjects([bucket], undefined, clock)
  const statements = [
    may(['s3:GetObject'], ['arn:aws:s3:::rows/rows/*']),
    may(['s3:ListBucket'], ['arn:aws:s3:::rows']),
    may(['s3:DeleteObject'], ['arn:aws:s3:::rows/rows/1']),
  ]
  gateway = new Gateway({
    services: new Map([['s3', s3Service(app)]]),
    callers: new Map([
      ['local', { kind: 'local' }],
      ['reader', { kind: 'function', name: 'reader', roleArn }],
    ]),
    guard: new Guard({ roles: new Map([[roleArn, statements]]), resources: new Map() }),
    faults: new Faults(() => 0),
    counts: new Counts(),
    calls: new CallLog(),
    activity: new Activity(),
    onError: () => {},
  })
  for (const key of ['rows/1', 'rows/2', 'current/1']) await ask('local', 'PUT', key, 'content')
})
afterEach(async () => {
  await app.close()
})

const ask = (who: string, method: string, key: string, body = '') => {
  const authorization = `AWS4-HMAC-SHA256 Credential=${who}/20260301/eu-central-1/s3/aws4_request, Signature=0`
  return gateway.call(method, `/rows/${key}`, { host: '127.0.0.1', authorization }, Buffer.from(body))
}
const statusOf = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).status

test('a function gets at the objects that its role names, and does with them what it may', async () => {
  expect((await ask('reader', 'GET', 'rows/1')).body.toString()).toBe('content')
  expect(await statusOf('reader', 'GET', 'current/1')).toBe(403)
  expect(await statusOf('reader', 'PUT', 'rows/1', 'other')).toBe(403)
  expect(await statusOf('reader', 'DELETE', 'rows/2')).toBe(403)
  expect((await ask('reader', 'GET', '?list-type=2')).body.toString()).toContain('<Key>rows/2</Key>')
  expect(await statusOf('local', 'GET', 'rows/2')).toBe(200)
})

test('an object is as old as the clock of the runner has it', async () => {
  clock.moveTo(Date.parse('2090-01-01T00:00:00.000Z'))
  await ask('local', 'PUT', 'rows/3', 'content')
  expect((await ask('reader', 'GET', '?list-type=2&prefix=rows/3')).body.toString()).toContain(
    '<LastModified>2090-01-01T00:00:',
  )
})

test('several objects are deleted by whoever may delete each of them', async () => {
  const remove = (...keys: readonly string[]) => {
    const body = `<Delete>${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`
    return statusOf('reader', 'POST', '?delete', body)
  }
  expect(await remove('rows/1', 'rows/2')).toBe(403)
  expect(await statusOf('local', 'GET', 'rows/1')).toBe(200)
  expect(await remove('rows/1')).toBe(200)
  expect(await statusOf('local', 'GET', 'rows/1')).toBe(404)
})
