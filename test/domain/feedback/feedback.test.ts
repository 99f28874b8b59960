import { describe, expect, test } from 'vitest'
import { encodeSendTags } from '../../../domain/email/email-outcome.ts'
import { feedbackOf, readSesNotice } from '../../../domain/feedback/ses-feedback.ts'
import { leadId } from '../support/facts.ts'

const mail = { timestamp: '2026-03-02T09:00:00.000Z', messageId: 'ses-0' }
const at = { timestamp: '2026-03-02T09:01:00.000Z' }

describe('every kind of record', () => {
  test.each([
    [
      { eventType: 'Send', send: {} },
      { type: 'sent', at: mail.timestamp },
    ],
    [
      { eventType: 'Delivery', delivery: at },
      { type: 'delivered', at: at.timestamp },
    ],
    [
      { notificationType: 'Delivery', delivery: at },
      { type: 'delivered', at: at.timestamp },
    ],
    [{ eventType: 'Open', open: at }, { type: 'opened' }],
    [
      { eventType: 'Click', click: { ...at, link: 'https://a.example' } },
      { type: 'clicked', link: 'https://a.example' },
    ],
    [
      {
        notificationType: 'Bounce',
        bounce: { ...at, bounceType: 'Transient', bounceSubType: 'MailboxFull' },
      },
      { type: 'bounced', bounceType: 'Transient', bounceSubType: 'MailboxFull' },
    ],
    [{ eventType: 'Complaint', complaint: at }, { type: 'complained' }],
    [
      { eventType: 'Reject', reject: { reason: 'Bad content' } },
      { type: 'rejected', reason: 'Bad content' },
    ],
    [
      { eventType: 'Rendering Failure', failure: { errorMessage: 'x is missing' } },
      { type: 'rendering-failed', reason: 'x is missing' },
    ],
    [
      { eventType: 'DeliveryDelay', deliveryDelay: at },
      { type: 'ignored', because: 'delayed' },
    ],
    [
      { eventType: 'Subscription', subscription: at },
      { type: 'ignored', because: 'subscription' },
    ],
    [
      { notificationType: 'Received', receipt: at },
      { type: 'ignored', because: 'received' },
    ],
    [{ eventType: 'Levitation' }, { type: 'ignored', because: 'unknown-event' }],
    [{}, { type: 'ignored', because: 'not-an-event' }],
  ])('%j', (record, expected) => {
    const notice = readSesNotice({ ...record, mail })
    expect(notice).toMatchObject(expected)
    // The message carries no tags of ours.
    expect(feedbackOf(notice)).toEqual({})
  })
})

const listed = (recipient: 'lead' | 'owner') =>
  Object.fromEntries(
    Object.entries(encodeSendTags({ sendId: 'run:1', leadId, email: 'welcome', recipient })).map(
      ([name, value]) => [name, [value]],
    ),
  )

const notice = (eventType: string, part: object, recipient: 'lead' | 'owner' = 'lead') =>
  readSesNotice({
    eventType,
    mail: { timestamp: '2026-03-02T09:00:00.000Z', messageId: 'ses-1', tags: listed(recipient) },
    ...part,
  })

describe('a message of ours', () => {
  test('that was sent settles its claim and is a fact', () => {
    expect(feedbackOf(notice('Send', { send: {} }))).toEqual({
      outcome: {
        leadId,
        sendId: 'run:1',
        status: 'sent',
        at: '2026-03-02T09:00:00.000Z',
        messageId: 'ses-1',
      },
      activity: {
        id: 'ses-1:email.sent',
        type: 'email.sent',
        subject: { leadId },
        occurredAt: '2026-03-02T09:00:00.000Z',
        timeAssumed: false,
        properties: { email: 'welcome', sendId: 'run:1', messageId: 'ses-1' },
      },
    })
  })

  test('that bounced says how', () => {
    const bounce = { timestamp: '2026-03-02T09:01:00Z', bounceType: 'Permanent', bounceSubType: 'General' }
    expect(feedbackOf(notice('Bounce', { bounce })).activity).toMatchObject({
      id: 'ses-1:email.bounced',
      occurredAt: '2026-03-02T09:01:00.000Z',
      properties: { bounceType: 'Permanent', bounceSubType: 'General' },
    })
  })

  test('that SES refused failed, with the reason, and is no fact', () => {
    expect(feedbackOf(notice('Reject', { reject: { reason: 'Bad content' } }))).toEqual({
      outcome: expect.objectContaining({ status: 'failed', reason: 'rejected: Bad content' }),
    })
  })

  test('may be opened several times', () => {
    const at = (timestamp: string) => feedbackOf(notice('Open', { open: { timestamp } })).activity?.id
    expect(at('2026-03-02T09:01:00.000Z')).not.toBe(at('2026-03-02T09:02:00.000Z'))
  })

  test('to a salesperson is no fact about the lead', () => {
    const feedback = feedbackOf(
      notice('Complaint', { complaint: { timestamp: '2026-03-02T09:01:00Z' } }, 'owner'),
    )
    expect(feedback).toEqual({})
    expect(feedbackOf(notice('Send', {}, 'owner'))).toEqual({
      outcome: expect.objectContaining({ status: 'sent' }),
    })
  })
})

const timestamp = '2026-03-02T09:01:00.000Z'
const to = 'anna@example.com'
const addressed = (eventType: string, part: object) => {
  const mail = { timestamp, messageId: 'ses-1', tags: listed('lead'), destination: [to] }
  return feedbackOf(readSesNotice({ eventType, mail, ...part }))
}

describe('a complaint', () => {
  const complaint = (further: object) => addressed('Complaint', { complaint: { timestamp, ...further } })

  test.each([
    {},
    { complaintFeedbackType: null },
    { complaintFeedbackType: 'abuse' },
    { complaintFeedbackType: 'fraud' },
    { complaintFeedbackType: 'other' },
    { complaintFeedbackType: 'of a kind to come', complaintSubType: null },
  ])('is one where SES reports %j', (further) => {
    expect(complaint(further)).toMatchObject({
      activity: { type: 'email.complained' },
      dead: { reason: 'complained', address: to },
    })
  })

  test.each(['not-spam', 'auth-failure', 'virus'])(
    'is none of the person where it is of the type %s',
    (complaintFeedbackType) => {
      expect(complaint({ complaintFeedbackType })).toEqual({})
    },
  )

  test('of before, for which SES sent nothing, says as much', () => {
    const feedback = complaint({
      complaintSubType: 'OnAccountSuppressionList',
      complaintFeedbackType: 'abuse',
    })
    expect(feedback.dead?.reason).toBe('ses-suppressed')
    expect(feedback.activity?.type).toBe('email.bounced')
  })
})

describe('a bounce', () => {
  const code = { status: '4.4.7', action: 'failed', diagnosticCode: 'smtp; 452 try later' }
  const bounce = (bounceType: string, bounceSubType: string, recipient: object = {}) =>
    addressed('Bounce', {
      bounce: {
        timestamp,
        bounceType,
        bounceSubType,
        bouncedRecipients: [{ emailAddress: to, ...recipient }],
      },
    })

  test.each([
    ['an automatic reply', 'Transient', {}],
    ['an automatic reply with empty codes', 'Transient', { action: null, status: '', diagnosticCode: null }],
    ['what SES cannot make out', 'Undetermined', {}],
  ])('is none when it is %s', (_, type, recipient) => {
    const feedback = bounce(type, type === 'Transient' ? 'General' : 'Undetermined', recipient)
    expect(feedback).toEqual({ outcome: expect.objectContaining({ status: 'sent' }) })
  })

  test.each([
    ['Transient', 'General', { status: code.status }],
    ['Transient', 'General', { action: code.action }],
    ['Transient', 'General', { diagnosticCode: code.diagnosticCode }],
    ['Transient', 'MailboxFull', code],
    ['Transient', 'MailboxFull', {}],
    ['Undetermined', 'Undetermined', code],
    ['Transient', 'CustomTimeoutExceeded', code],
    ['Transient', 'MessageTooLarge', code],
    ['Transient', 'ContentRejected', code],
    ['Transient', 'AttachmentRejected', code],
  ])('%s, %s with %j is a fact, and no dead address', (type, subType, recipient) => {
    const { activity, dead, tally } = bounce(type, subType, recipient)
    expect(activity).toMatchObject({
      type: 'email.bounced',
      properties: { bounceType: type, bounceSubType: subType },
    })
    expect([dead, tally]).toEqual([undefined, undefined])
  })

  test.each([
    ['General', 'bounced'],
    ['NoEmail', 'bounced'],
    ['Suppressed', 'ses-suppressed'],
    ['OnAccountSuppressionList', 'ses-suppressed'],
  ])('for good, %s, leaves a dead address', (subType, reason) => {
    expect(bounce('Permanent', subType).dead).toEqual({ address: to, reason, at: timestamp })
  })

  test('of somebody on a list of SES who wants no mail is their wish, and says nothing of the mailbox', () => {
    const { activity, dead } = bounce('Permanent', 'UnsubscribedRecipient')
    expect(activity?.type).toBe('email.unsubscribed')
    expect(dead).toBeUndefined()
  })
})

test('a bounce without its parts is a fault, not a silence', () => {
  expect(() => notice('Bounce', {})).toThrow(/bounce/)
})
