import { describe, expect, test } from 'vitest'
import { compilePattern } from '../../../local/events/pattern.ts'
import { type SentMail, sesEvents } from '../../../local/ses/simulator.ts'

const ALL = ['SEND', 'DELIVERY', 'BOUNCE', 'COMPLAINT', 'REJECT', 'OPEN', 'CLICK', 'DELIVERY_DELAY']
const mail: SentMail = {
  messageId: '0100-m1',
  from: 'Beispiel GmbH <hallo@mail.example.com>',
  to: ['ada@example.com'],
  subject: 'Willkommen',
  headers: [
    { name: 'From', value: 'Beispiel GmbH <hallo@mail.example.com>' },
    { name: 'To', value: 'Ada <ada@example.com>' },
  ],
  tags: { sendId: ['run-1:step-2'] },
  configurationSet: 'marketing',
  at: Date.parse('2026-01-01T08:00:00.250Z'),
  accountId: '000000000000',
  region: 'eu-central-1',
  configSetEventTypes: ALL,
}

function types(more: Partial<SentMail>): string[] {
  return sesEvents({ ...mail, ...more }).map((event) => event['detail-type'])
}

describe('what a mailbox does', () => {
  const table: [address: string, types: string[]][] = [
    ['ada@example.com', ['Email Sent', 'Email Delivered']],
    ['success@simulator.amazonses.com', ['Email Sent', 'Email Delivered']],
    ['ooto@simulator.amazonses.com', ['Email Sent', 'Email Delivered']],
    ['bounce@simulator.amazonses.com', ['Email Sent', 'Email Bounced']],
    ['bounce+lead-7@simulator.amazonses.com', ['Email Sent', 'Email Bounced']],
    ['Complaint@Simulator.AmazonSES.com', ['Email Sent', 'Email Delivered', 'Email Complaint Received']],
    ['suppressionlist@simulator.amazonses.com', ['Email Sent', 'Email Bounced']],
    ['bounce@example.com', ['Email Sent', 'Email Delivered']],
  ]
  test.each(table)('%s', (address, expected) => {
    expect(types({ to: [address] })).toEqual(expected)
  })
  test('each recipient for itself', () => {
    const to = ['ada@example.com', 'bounce@simulator.amazonses.com']
    expect(types({ to })).toEqual(['Email Sent', 'Email Delivered', 'Email Bounced'])
  })
})

test('only what the configuration set asks for', () => {
  expect(types({ configSetEventTypes: ['delivery'] })).toEqual(['Email Delivered'])
  const { configurationSet: _, ...without } = mail
  expect(sesEvents(without)).toEqual([])
})

test('the send event repeats the mail with its tags', () => {
  expect(sesEvents(mail)[0]).toEqual({
    version: '0',
    'detail-type': 'Email Sent',
    source: 'aws.ses',
    account: '000000000000',
    time: '2026-01-01T08:00:00Z',
    region: 'eu-central-1',
    resources: ['arn:aws:ses:eu-central-1:000000000000:configuration-set/marketing'],
    detail: {
      eventType: 'Send',
      send: {},
      mail: {
        timestamp: '2026-01-01T08:00:00.250Z',
        source: mail.from,
        sourceArn: 'arn:aws:ses:eu-central-1:000000000000:identity/hallo@mail.example.com',
        sendingAccountId: '000000000000',
        messageId: '0100-m1',
        destination: ['ada@example.com'],
        headersTruncated: false,
        headers: mail.headers,
        commonHeaders: {
          from: [mail.from],
          to: ['Ada <ada@example.com>'],
          messageId: '0100-m1',
          subject: 'Willkommen',
        },
        tags: {
          'ses:operation': ['SendEmail'],
          'ses:configuration-set': ['marketing'],
          'ses:source-ip': ['127.0.0.1'],
          'ses:from-domain': ['mail.example.com'],
          'ses:caller-identity': ['local'],
          sendId: ['run-1:step-2'],
        },
      },
    },
  })
})

test('bounces and complaints name the address, the kind and a stable id', () => {
  const [, hard] = sesEvents({ ...mail, to: ['bounce@simulator.amazonses.com'] })
  const [, suppressed] = sesEvents({ ...mail, to: ['suppressionlist@simulator.amazonses.com'] })
  const complained = sesEvents({ ...mail, to: ['complaint@simulator.amazonses.com'] })
  expect(hard?.detail).toMatchObject({
    bounce: {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: [
        { emailAddress: 'bounce@simulator.amazonses.com', action: 'failed', status: '5.1.1' },
      ],
    },
  })
  expect(suppressed?.detail).toMatchObject({
    bounce: { bounceType: 'Permanent', bounceSubType: 'Suppressed' },
  })
  expect(complained[2]?.detail).toMatchObject({ complaint: { complaintFeedbackType: 'abuse' } })
  expect(sesEvents({ ...mail, to: ['complaint@simulator.amazonses.com'] })).toEqual(complained)
})

test('rules find the events as they would on AWS', () => {
  const matches = compilePattern(
    '{"source":["aws.ses"],"detail":{"eventType":["Send"],"mail":{"tags":{"sendId":[{"prefix":"run-"}]}}}}',
  )
  expect(sesEvents(mail).map((event) => matches(event))).toEqual([true, false])
})
