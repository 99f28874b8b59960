import { expect, test } from 'vitest'
import { encodeSendTags } from '../../../domain/email/send-tags.ts'
import { makeReceiveFeedback } from '../../../functions/feedback/receive-feedback.ts'
import { Transient } from '../../../functions/ports.ts'
import type { Sends } from '../../../functions/send-ports.ts'
import { leadId } from '../../domain/support/facts.ts'
import { busMessage } from '../fakes/bus-message.ts'
import { memoryBus } from '../fakes/memory-bus.ts'

const event = (messageId: string, eventType: string, part: object = {}) => {
  const tags = encodeSendTags({ sendId: `send-${messageId}`, leadId, email: 'welcome', recipient: 'lead' })
  return busMessage('Email Event', {
    eventType,
    mail: {
      timestamp: '2026-03-02T09:00:00.000Z',
      messageId,
      tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
    },
    ...part,
  })
}

const world = () => {
  const bus = memoryBus()
  const settled: Parameters<Sends['settle']>[] = []
  const sends: Pick<Sends, 'settle'> = {
    settle: async (...given) => {
      settled.push(given)
    },
  }
  return { bus, settled, sends, receive: makeReceiveFeedback({ sends, bus }) }
}

test('settles sends and submits facts; a bad record fails alone', async () => {
  const { bus, settled, receive } = world()
  const bad = event('b', 'Bounce')
  const failures = await receive([event('a', 'Send'), bad, event('c', 'DeliveryDelay')])
  expect([...failures.keys()]).toEqual([bad.messageId])
  expect(settled).toEqual([
    [leadId, 'send-a', { status: 'sent', at: '2026-03-02T09:00:00.000Z', messageId: 'a' }],
  ])
  expect(bus.submitted.map(({ id, type }) => [id, type])).toEqual([['a:email.sent', 'email.sent']])
})

test('messages come again when the bus does not take their facts', async () => {
  const { sends } = world()
  const submit = async () => {
    throw new Transient('busy')
  }
  const [sent, delayed] = [event('a', 'Send'), event('c', 'DeliveryDelay')]
  const failures = await makeReceiveFeedback({ sends, bus: { submit } })([sent, delayed])
  expect([...failures.keys()]).toEqual([sent.messageId])
})

test('messages come again when their send cannot be settled, and no fact is submitted', async () => {
  const { bus } = world()
  const settle = async () => {
    throw new Error('table out of reach')
  }
  const sent = event('a', 'Send')
  expect([...(await makeReceiveFeedback({ sends: { settle }, bus })([sent])).keys()]).toEqual([
    sent.messageId,
  ])
  expect(bus.submitted).toEqual([])
})
