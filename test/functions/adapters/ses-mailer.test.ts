import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, test } from 'vitest'
import { pacedMailer, sesMailer } from '../../../functions/adapters/ses.ts'
import { Transient } from '../../../functions/ports.ts'
import { type Mailer, type OutgoingEmail, Throttled } from '../../../functions/send-ports.ts'

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
  ])('%s: certainly not sent, Transient at once, and the reason is told', async (_name, error) => {
    ses.on(SendEmailCommand).rejects(error)
    await expect(mailer.send(email)).rejects.toThrow(`${error.name}: because`)
    await expect(mailer.send(email)).rejects.toBeInstanceOf(Transient)
    expect(ses.commandCalls(SendEmailCommand)).toHaveLength(2)
  })

  const failed =
    'Email address is not verified. The following identities failed the check in region EU-CENTRAL-1:'

  test.each([
    ['MessageRejected', `${failed} hallo@mail.example.com`, 'sender-not-verified'],
    [
      'MessageRejected',
      `${failed} Beispiel <hallo@mail.example.com>, anna@example.com`,
      'sender-not-verified',
    ],
    ['MessageRejected', `${failed} mail.example.com`, 'sender-not-verified'],
    ['MessageRejected', `${failed} Anna@example.com`, 'recipient-not-verified'],
    ['MessageRejected', 'MessageRejected (injected fault)', 'sender-not-verified'],
    ['MessageRejected', 'Account is paused. Sending for this account is paused.', 'sending-disabled'],
    ['MessageRejected', "Your account's ability to send email has been suspended.", 'sending-disabled'],
    ['BadRequestException', `${failed} hallo@mail.example.com`, 'sender-not-verified'],
    ['MailFromDomainNotVerifiedException', 'the MX record is missing', 'sender-not-verified'],
    ['AccountSuspendedException', 'because', 'sending-disabled'],
    ['SendingPausedException', 'because', 'sending-disabled'],
  ])('%s: "%s" turns mail away that may go once that is mended', async (name, message, reason) => {
    ses.on(SendEmailCommand).rejects(Object.assign(new Error(message), { name }))
    expect(await mailer.send(email)).toEqual({ type: 'turned-away', reason })
    expect(ses.commandCalls(SendEmailCommand)).toHaveLength(1)
  })

  test.each([
    ['MessageRejected', 'The message contains invalid content'],
    ['MessageRejected', 'Attachment type .exe is illegal'],
    ['MessageRejected', 'Message length is more than 41943040 bytes long'],
    ['BadRequestException', 'because'],
  ])('%s: "%s" is about the message, and ends it', async (name, message) => {
    ses.on(SendEmailCommand).rejects(Object.assign(new Error(message), { name }))
    expect(await mailer.send(email)).toEqual({ type: 'rejected', reason: `${name}: ${message}` })
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

describe('with a rate to keep to', () => {
  /** SES as it throttles: beyond `perSecond` within a second it takes none. Time passes as far as it is told to. */
  const worldOf = (perSecond: number) => {
    let now = 0
    const sentAt: number[] = []
    const waiting: { readonly at: number; resolve(): void }[] = []
    const strict: Mailer = {
      send: async () => {
        if (sentAt.filter((at) => at > now - 1_000).length >= perSecond)
          throw new Error('Maximum sending rate exceeded.')
        sentAt.push(now)
        return { type: 'accepted', messageId: `m-${sentAt.length}` }
      },
    }
    const mailer = pacedMailer(strict, {
      perSecond,
      now: () => now,
      pause: (ms) => new Promise((resolve) => waiting.push({ at: now + ms, resolve })),
    })
    const pass = async (ms: number) => {
      const end = now + ms
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve))
        const [first] = waiting.toSorted((a, b) => a.at - b.at)
        if (!first || first.at > end) break
        waiting.splice(waiting.indexOf(first), 1)
        now = first.at
        first.resolve()
      }
      now = end
    }
    return { mailer, sentAt, pass }
  }

  test('the first goes at once, the others one after another', async () => {
    const { mailer, sentAt, pass } = worldOf(4)
    const all = Promise.all([1, 2, 3, 4, 5].map(() => mailer.send(email)))
    await pass(1_000)
    await all
    expect(sentAt).toEqual([0, 250, 500, 750, 1_000])
  })

  test('whoever was idle has saved up nothing, and owes nothing', async () => {
    const { mailer, sentAt, pass } = worldOf(0.5)
    await mailer.send(email)
    await pass(60_000)
    const two = Promise.all([mailer.send(email), mailer.send(email)])
    await pass(2_000)
    await two
    expect(sentAt).toEqual([0, 60_000, 62_000])
  })

  test('SES never throttles, and what has no turn soon comes again', async () => {
    const { mailer, sentAt, pass } = worldOf(4)
    let open = 100
    while (open > 0) {
      const batch = Promise.allSettled(Array.from({ length: open }, () => mailer.send(email)))
      await pass(20_000)
      const late = (await batch).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
      for (const reason of late) expect(reason).toBeInstanceOf(Throttled)
      expect(late.length).toBeLessThan(open)
      open = late.length
    }
    expect(sentAt).toHaveLength(100)
  })
})
