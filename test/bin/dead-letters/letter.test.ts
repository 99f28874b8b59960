import { describe, expect, test } from 'vitest'
import {
  describeLetter,
  type Received,
  readLetter,
  type WorkQueue,
} from '../../../bin/dead-letters/letter.ts'

const queue = (name: string): WorkQueue => {
  const of = (kind: string) => ({
    name: `TrichterApp-${name}Work${kind}1A2B3C4D-x9`,
    arn: `arn:aws:sqs:eu-central-1:123456789012:TrichterApp-${name}Work${kind}1A2B3C4D-x9`,
    url: `https://sqs.eu-central-1.amazonaws.com/123456789012/TrichterApp-${name}Work${kind}1A2B3C4D-x9`,
  })
  return { ...of('Queue'), deadLetters: of('DeadLetters') }
}
const [record, nurture] = [queue('Record'), queue('Nurture')]

const event = {
  id: 'e-1',
  'detail-type': 'Activity',
  source: 'shop',
  time: '2026-03-02T09:00:00Z',
  detail: { id: 'a-17', type: 'page.viewed', subject: { email: 'anna@example.com' } },
}

const message = (body: unknown, attributes: Record<string, string> = {}): Received => ({
  messageId: 'm-1',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  sentAt: '2026-03-02T09:00:05.000Z',
  attributes,
})

const read = (received: Received, reason?: string) => readLetter(received, record, [record, nurture], reason)

describe('where a dead letter belongs', () => {
  test('what a function gave up: the queue that gives up to this one', () => {
    const letter = read(message(event), 'DynamoDB was not reached')
    expect(letter).toMatchObject({
      kind: 'given-up',
      to: record,
      isReadable: true,
      reason: 'DynamoDB was not reached',
    })
    expect(describeLetter(letter)).toBe(
      'The message Activity (correlationId a-17) was given up by the function that works from RecordWork: ' +
        'DynamoDB was not reached. Redriving puts it on RecordWork: what of it was done already is not done again.',
    )
  })

  test('what SQS says it came from, where queues share one for dead letters', () => {
    expect(read(message(event, { DeadLetterQueueSourceArn: nurture.arn })).to).toBe(nurture)
  })

  test.each([
    [
      'RULE_ARN',
      'undelivered event',
      'could not be put on NurtureWork by EventBridge: SDK_CLIENT_ERROR: no such queue.',
    ],
    [
      'SCHEDULE_ARN',
      'undelivered wait',
      'fell due and could not be put on NurtureWork by Scheduler: SDK_CLIENT_ERROR: no such queue.',
    ],
  ])('what says by %s who could not deliver it: the queue that it was for', (source, kind, sentence) => {
    const letter = read(
      message(event, {
        [source]: 'arn:aws:…',
        TARGET_ARN: nurture.arn,
        ERROR_CODE: 'SDK_CLIENT_ERROR',
        ERROR_MESSAGE: 'no such queue',
      }),
    )
    expect(letter).toMatchObject({ kind, to: nurture, body: JSON.stringify(event) })
    expect(describeLetter(letter)).toContain(sentence)
  })

  test("Scheduler's own call of SQS: the message in it, at the queue it names", () => {
    const wake = '{"type":"wake","leadId":"lead-1"}'
    const call = { QueueUrl: nurture.url, MessageBody: wake }
    const letter = read(
      message(call, { SCHEDULE_ARN: 'arn:…', TARGET_ARN: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage' }),
    )
    expect(letter).toMatchObject({ to: nurture, body: wake, ids: { work: 'wake', leadId: 'lead-1' } })
  })

  test('one whose queue is gone: the queue that gives up to this one', () => {
    expect(read(message(event, { RULE_ARN: 'arn:…', TARGET_ARN: `${record.arn}-gone` })).to).toBe(record)
  })
})

describe('what is said of it', () => {
  test('no address: not of its body, nor of what went wrong', () => {
    const said = describeLetter(read(message(event), 'no lead with <anna@example.com>, or a@b'))
    expect(said).not.toContain('@')
    expect(said).toContain('no lead with <…>, or …')
  })

  test('without a reason: where to look for it', () => {
    expect(describeLetter(read(message(event)))).toContain(
      'the log of its function has the reason under m-1.',
    )
  })

  test.each(['hello anna@example.com', '"text"', 'null', '42'])(
    '%s is no message that a function reads',
    (body) => {
      const letter = read(message(body))
      expect(letter.isReadable).toBe(false)
      expect(describeLetter(letter)).toContain('discard it')
      expect(describeLetter(letter)).not.toContain('@')
    },
  )
})
