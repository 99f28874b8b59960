import { expect, test } from 'vitest'
import { Transient } from '../../../functions/ports.ts'
import { leadId } from '../../domain/support/facts.ts'
import { event, feedbackWorld, hardBounce, mailedAt } from './feedback-world.ts'

const busy = async () => {
  throw new Transient('busy')
}

test('settles sends and submits facts; a bad record fails alone', async () => {
  const { bus, reported, receive } = feedbackWorld()
  const bad = event('b', 'Bounce')
  const failures = await receive([event('a', 'Send'), bad, event('c', 'DeliveryDelay')])
  expect([...failures.keys()]).toEqual([bad.messageId])
  expect(reported).toEqual([{ leadId, sendId: 'send-a', status: 'sent', at: mailedAt, messageId: 'a' }])
  expect(bus.submitted.map(({ id, type }) => [id, type])).toEqual([['a:email.sent', 'email.sent']])
})

test('messages come again when the bus does not take their facts', async () => {
  const { receive } = feedbackWorld({ bus: { submit: busy } })
  const [sent, delayed] = [event('a', 'Send'), event('c', 'DeliveryDelay')]
  expect([...(await receive([sent, delayed])).keys()]).toEqual([sent.messageId])
})

test('messages come again when their send cannot be settled, and no fact is submitted', async () => {
  const { bus, receive } = feedbackWorld({ reports: { report: busy } })
  const sent = event('a', 'Send')
  expect([...(await receive([sent])).keys()]).toEqual([sent.messageId])
  expect(bus.submitted).toEqual([])
})

test('mail is counted once, however often SES reports on it', async () => {
  const { figures, receive } = feedbackWorld()
  const delivered = event('a', 'Delivery', { delivery: { timestamp: mailedAt } })
  for (const message of [event('a', 'Send'), event('a', 'Send'), delivered, event('b', 'Send')])
    await receive([message])
  await receive([hardBounce('b'), hardBounce('b')])
  await receive([hardBounce('b')])
  expect(await figures.since('2026-03-02T00:00:00.000Z')).toEqual([
    { at: '2026-03-02T09:00:00.000Z', sent: 2, bounced: 1, complained: 0 },
  ])
})

test('what could not be counted comes again; what was told is told again', async () => {
  const { bus, receive } = feedbackWorld({ figures: { add: busy } })
  const bounced = hardBounce('a')
  const delayed = event('c', 'DeliveryDelay')
  expect([...(await receive([bounced, delayed])).keys()]).toEqual([bounced.messageId])
  expect(bus.submitted).toHaveLength(1)
})
