import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, test } from 'vitest'
import { sesMailer } from '../../../functions/adapters/ses-mailer.ts'
import { Transient } from '../../../functions/ports.ts'
import type { OutgoingEmail } from '../../../functions/send-ports.ts'
import { Throttled } from '../../../functions/send-ports.ts'

const client = new SESv2Client({ region: 'eu-central-1' })
const ses = mockClient(client)
let pauses: number[] = []
const mailer = sesMailer({
  client,
  configurationSet: 'sending',
  pause: async (ms) => {
    pauses.push(ms)
  },
})

const email: OutgoingEmail = {
  from: 'Beispiel <hallo@mail.example.com>',
  replyTo: 'info@example.com',
  to: 'anna@example.com',
  subject: 'Schön',
  html: '<p>Hallo</p>',
  text: 'Hallo',
  headers: { 'List-Unsubscribe': '<https://t.example.com/u/x>' },
  tags: { sendId: 's@1' },
}

const failure = (name: string, more: object = {}) => Object.assign(new Error('because'), { name }, more)

beforeEach(() => {
  ses.reset()
  pauses = []
})

test('one recipient, both parts, headers and tags', async () => {
  ses.on(SendEmailCommand).resolves({ MessageId: 'm-1' })
  expect(await mailer.send(email)).toEqual({ type: 'accepted', messageId: 'm-1' })
  expect(ses.commandCalls(SendEmailCommand)[0]?.args[0].input).toEqual({
    FromEmailAddress: 'Beispiel <hallo@mail.example.com>',
    ReplyToAddresses: ['info@example.com'],
    Destination: { ToAddresses: ['anna@example.com'] },
    ConfigurationSetName: 'sending',
    Content: {
      Simple: {
        Subject: { Data: 'Schön', Charset: 'UTF-8' },
        Body: { Html: { Data: '<p>Hallo</p>', Charset: 'UTF-8' }, Text: { Data: 'Hallo', Charset: 'UTF-8' } },
        Headers: [{ Name: 'List-Unsubscribe', Value: '<https://t.example.com/u/x>' }],
      },
    },
    EmailTags: [{ Name: 'sendId', Value: 's@1' }],
  })
})

describe('when SES does not take it', () => {
  test('a throttled email is offered again, more and more slowly', async () => {
    ses
      .on(SendEmailCommand)
      .rejectsOnce(failure('TooManyRequestsException'))
      .rejectsOnce(failure('ThrottlingException'))
      .resolves({ MessageId: 'm-2' })
    expect(await mailer.send(email)).toEqual({ type: 'accepted', messageId: 'm-2' })
    expect(pauses).toEqual([200, 400])
  })

  test.each([
    ['throttled all the time', failure('ThrottlingException')],
    ['not there', failure('Error', { code: 'ECONNREFUSED' })],
  ])('%s: certainly not sent, and throttled', async (_name, error) => {
    ses.on(SendEmailCommand).rejects(error)
    await expect(mailer.send(email)).rejects.toBeInstanceOf(Throttled)
    expect(ses.commandCalls(SendEmailCommand)).toHaveLength(4)
  })

  test.each([
    ['a missing permission', failure('AccessDeniedException', { $metadata: { httpStatusCode: 403 } })],
    ['sending is paused', failure('SendingPausedException', { $metadata: { httpStatusCode: 400 } })],
  ])('%s: certainly not sent, Transient at once, and the reason is told', async (_name, error) => {
    ses.on(SendEmailCommand).rejects(error)
    await expect(mailer.send(email)).rejects.toThrow(`${error.name}: because`)
    await expect(mailer.send(email)).rejects.toBeInstanceOf(Transient)
    expect(ses.commandCalls(SendEmailCommand)).toHaveLength(2)
  })

  test('a message it will never take is a refusal with its reason', async () => {
    ses.on(SendEmailCommand).rejects(failure('MessageRejected'))
    expect(await mailer.send(email)).toEqual({ type: 'rejected', reason: 'MessageRejected: because' })
  })

  test.each([
    ['a lost answer', failure('TimeoutError')],
    ['a failure inside', failure('InternalServiceErrorException', { $metadata: { httpStatusCode: 500 } })],
  ])('%s is thrown as it is, and the email offered only once', async (_name, error) => {
    ses.on(SendEmailCommand).rejects(error)
    await expect(mailer.send(email)).rejects.toBe(error)
    expect(ses.commandCalls(SendEmailCommand)).toHaveLength(1)
  })
})
