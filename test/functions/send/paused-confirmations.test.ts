import { expect, test } from 'vitest'
import { resuming } from '../../../domain/deliverability/sending-figures.ts'
import { makeRetryHeld } from '../../../functions/send/hold-email.ts'
import { parseRequest } from '../../../functions/send/parse-request.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { cause, sendWorld, start, welcomeRequest } from './send-world.ts'

const asked = fact('asked', 'form.submitted', '01-05T09:00', {
  form: 'newsletter',
  language: 'en',
  fields: {},
})
const granted = fact('yes', 'consent.granted', '01-05T09:00', { purpose: 'other' })
const confirmation = { factId: 'asked', form: 'newsletter', purpose: 'newsletter', language: 'en' }
const confirm = { leadId, sendId: 'c', email: 'confirm', recipient: 'lead', confirmation } as const
const paused = { since: start, because: 'bounces' } as const

test('a confirmation waits while confirmations are paused, other mail does not, and it goes on when they do', async () => {
  const world = sendWorld([asked, granted])
  await world.sendingStates.commit({ stream: 'confirmations', version: 0, paused })
  const sendEmail = makeSendEmail(world.ports)
  await sendEmail(confirm, cause)
  expect(world.sends.items.get('c')).toMatchObject({ status: 'held', reason: 'confirmations-paused' })
  await sendEmail(welcomeRequest, cause)
  expect(world.outgoing).toHaveLength(1)

  const { state, change } = resuming(await world.sendingStates.load('confirmations'), start)
  await world.sendingStates.commit(state)
  const message = parseRequest({
    id: 'event',
    source: 'trichter',
    time: start,
    'detail-type': change.type,
    detail: { metadata: { id: change.id, version: 1 }, data: { what: change.what } },
  })
  if (message.type !== 'resumed') throw new Error(`not a resumption: ${message.type}`)
  const told: unknown[] = []
  const enqueueSend = async (timer: unknown) => {
    told.push(timer)
  }
  const { timers, clock } = world.ports
  await makeRetryHeld({ sendLists: world.sends, timers, clock, enqueueSend })(message.timer)
  expect(told).toMatchObject([{ type: 'wake', sendId: 'c', early: true }])
})
