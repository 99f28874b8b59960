import { describe, expect, test } from 'vitest'
import { Transient } from '../../../functions/ports.ts'
import type { Send } from '../../../functions/send-ports.ts'
import { leadId } from '../../domain/support/facts.ts'
import { complaint, event, feedbackWorld, hardBounce, mailedAt } from './feedback-world.ts'

const busy = async () => {
  throw new Transient('busy')
}

test('settles sends and submits facts; a bad record fails alone', async () => {
  const { submitted, reported, receive } = feedbackWorld()
  const bad = event('b', 'Bounce')
  const failures = await receive([event('a', 'Send'), bad, event('c', 'DeliveryDelay')])
  expect([...failures.keys()]).toEqual([bad.messageId])
  expect(reported).toEqual([{ leadId, sendId: 'send-a', status: 'sent', at: mailedAt, messageId: 'a' }])
  expect(submitted.map(({ id, type }) => [id, type])).toEqual([['a:email.sent', 'email.sent']])
})

test('messages come again when the recorder’s queue does not take their facts', async () => {
  const { receive } = feedbackWorld({ record: busy })
  const [sent, delayed] = [event('a', 'Send'), event('c', 'DeliveryDelay')]
  expect([...(await receive([sent, delayed])).keys()]).toEqual([sent.messageId])
})

test('messages come again when their send cannot be settled, and no fact is submitted', async () => {
  const { submitted, receive } = feedbackWorld({ reports: { report: busy, fail: busy } })
  const sent = event('a', 'Send')
  expect([...(await receive([sent])).keys()]).toEqual([sent.messageId])
  expect(submitted).toEqual([])
})

test('mail is counted once, however often SES reports on it', async () => {
  const { figures, receive } = feedbackWorld()
  const delivered = event('a', 'Delivery', { delivery: { timestamp: mailedAt } })
  for (const message of [event('a', 'Send'), event('a', 'Send'), delivered, event('b', 'Send')])
    await receive([message])
  await receive([hardBounce('b'), hardBounce('b')])
  await receive([hardBounce('b')])
  expect(await figures.since('2026-03-02T00:00:00.000Z', 'marketing')).toEqual([
    { at: '2026-03-02T09:00:00.000Z', sent: 2, bounced: 1, complained: 0 },
  ])
})

test('what could not be counted comes again; what was told is told again', async () => {
  const { submitted, receive } = feedbackWorld({ figures: { add: busy } })
  const bounced = hardBounce('a')
  const delayed = event('c', 'DeliveryDelay')
  expect([...(await receive([bounced, delayed])).keys()]).toEqual([bounced.messageId])
  expect(submitted).toHaveLength(1)
})

describe('nobody writes to the address any more', () => {
  const bounce = (bounceType: string, bounceSubType: string) =>
    event('a', 'Bounce', { bounce: { timestamp: mailedAt, bounceType, bounceSubType } })

  test.each([
    ['after a hard bounce', hardBounce('a'), 'bounced'],
    ['after a complaint', complaint('a'), 'complained'],
    ['that SES keeps on its list', bounce('Permanent', 'OnAccountSuppressionList'), 'ses-suppressed'],
  ] as const)('%s', async (_name, message, reason) => {
    const { suppressed, receive } = feedbackWorld()
    expect((await receive([message])).size).toBe(0)
    expect(suppressed).toEqual([['anna@example.com', { reason, at: mailedAt }]])
  })

  test('soft bounces are for the lead to count', async () => {
    const { suppressed, receive } = feedbackWorld()
    await receive([bounce('Transient', 'MailboxFull'), event('b', 'Send')])
    expect(suppressed).toEqual([])
  })

  test('a bounce that could not be kept comes again, and nothing is told before', async () => {
    const { submitted, reported, receive } = feedbackWorld({ suppress: busy })
    const bounced = hardBounce('a')
    expect([...(await receive([bounced])).keys()]).toEqual([bounced.messageId])
    expect([submitted, reported]).toEqual([[], []])
  })
})

test('of what comes in one batch about one mail one report is made', async () => {
  const { reported, marked, figures, submitted, receive } = feedbackWorld()
  const delivered = event('a', 'Delivery', { delivery: { timestamp: mailedAt } })
  await receive([event('a', 'Send'), delivered])
  expect(reported).toHaveLength(1)
  expect(marked).toEqual(['delivered'])
  expect(submitted.map(({ type }) => type).toSorted()).toEqual(['email.delivered', 'email.sent'])
  expect(await figures.since('2026-03-02T00:00:00.000Z', 'marketing')).toMatchObject([{ sent: 1 }])
})

describe('an email that SES took and refused afterwards', () => {
  const reject = event('a', 'Reject', { reject: { reason: 'Bad content' } })
  const request = { leadId, sendId: 'send-a', email: 'welcome', recipient: 'lead' } as const
  const send: Send = {
    ...request,
    request,
    cause: { decisionId: 'd', correlationId: 'c' },
    requestedAt: mailedAt,
    marketing: true,
    status: 'failed',
    claimedAt: mailedAt,
    leaseUntil: mailedAt,
  }

  test('has failed: the bus is told, and it stands in the timeline', async () => {
    const { bus, submitted, failing, receive } = feedbackWorld()
    failing.set('send-a', send)
    expect((await receive([reject])).size).toBe(0)
    expect(bus.published).toMatchObject([
      {
        id: 'send-a:failed',
        type: 'EmailSuppressed',
        causationId: 'd',
        data: { outcome: 'failed', reason: 'rejected' },
      },
    ])
    expect(submitted).toMatchObject([
      { id: 'send-a:failed', type: 'email.failed', properties: { reason: 'rejected: Bad content' } },
    ])
  })

  test('is told again when the bus did not take it', async () => {
    const { failing, receive, bus } = feedbackWorld({ bus: { publish: busy } })
    failing.set('send-a', send)
    expect([...(await receive([reject])).keys()]).toEqual([reject.messageId])
    expect(bus.published).toEqual([])
  })

  test('that nobody knows of is nothing', async () => {
    const { bus, submitted, receive } = feedbackWorld()
    expect((await receive([reject])).size).toBe(0)
    expect([bus.published, submitted]).toEqual([[], []])
  })
})
