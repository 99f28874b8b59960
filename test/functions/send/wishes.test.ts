import { expect, test } from 'vitest'
import type { JsonObject } from '../../../domain/model/json.ts'
import { wishedCaps } from '../../../domain/sending/hold-email.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact } from '../../domain/support/facts.ts'
import { cause, sendWorld, welcomeRequest } from './send-world.ts'

const granted = fact('yes', 'consent.granted', '01-05T09:00', { purpose: 'newsletter', form: 'newsletter' })
const day = 24 * 3_600_000
const { sendId } = welcomeRequest

const sent = async (fields: JsonObject) => {
  const wish = fact('wish', 'profile.updated', '01-05T08:00', { fields })
  const world = sendWorld([granted, wish])
  await makeSendEmail(world.ports)(welcomeRequest, cause)
  return world.sends.items.get(sendId)
}

test('who asked for a pause gets no marketing mail before it is over', async () => {
  expect(await sent({ frequency: 'pause', pausedUntil: '2026-01-08T08:00:00.000Z' })).toMatchObject({
    status: 'held',
    reason: 'wish',
    until: '2026-01-08T08:00:00.000Z',
  })
  // After a month it would be old news: it does not wait for that.
  expect(await sent({ frequency: 'pause', pausedUntil: '2026-02-04T08:00:00.000Z' })).toMatchObject({
    status: 'suppressed',
    reason: 'stale',
  })
  expect(await sent({ frequency: 'pause', pausedUntil: '2026-01-05T08:30:00.000Z' })).toMatchObject({
    status: 'sent',
  })
})

test('who wants less gets half as much, and one email a week at most', () => {
  const caps = [{ emails: 2, per: 2 * day }]
  expect(wishedCaps('less', caps)).toEqual([
    { emails: 2, per: 4 * day },
    { emails: 1, per: 7 * day },
  ])
  expect(wishedCaps('less', [])).toEqual([{ emails: 1, per: 7 * day }])
  expect(wishedCaps('normal', caps)).toBe(caps)
})

test('and of two emails in a week the second is held', async () => {
  const world = sendWorld([
    granted,
    fact('wish', 'profile.updated', '01-05T08:00', { fields: { frequency: 'less' } }),
  ])
  const send = makeSendEmail(world.ports)
  await send(welcomeRequest, cause)
  const second = { ...welcomeRequest, sendId: `${sendId}-second` }
  await send(second, cause)
  expect(world.sends.items.get(sendId)?.status).toBe('sent')
  expect(world.sends.items.get(second.sendId)).toMatchObject({ status: 'held', reason: 'cap' })
})
