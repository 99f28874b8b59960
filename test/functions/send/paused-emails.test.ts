import { describe, expect, test } from 'vitest'
import type { EmailRequest } from '../../../domain/model/email-request.ts'
import type { ResumeMode } from '../../../domain/sequence/run.ts'
import { type HeldTimer, makeRetryEmail, makeRetryHeld } from '../../../functions/send/hold-email.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { cause, playbook, sendWorld, start, welcomeRequest } from './send-world.ts'

const granted = fact('yes', 'consent.granted', '01-05T09:00', { purpose: 'newsletter' })
const { sendId } = welcomeRequest
const runId = `${leadId}:interest:1`
const second: EmailRequest = {
  ...welcomeRequest,
  sendId: `${runId}:2`,
  run: { sequence: 'interest', runId, step: 2, afterWait: true },
}
const afternoon = { days: ['mon'], from: '14:00', to: '20:00' } as const

const pausedWorld = (settings: Partial<typeof playbook.settings> = {}) => {
  const live = { ...playbook, settings: { ...playbook.settings, ...settings } }
  const world = sendWorld([granted], undefined, live)
  const sendEmail = makeSendEmail(world.ports)
  const wakeEmail = makeRetryEmail({ ...world.ports, sendEmail })
  const wakeHeld = makeRetryHeld({
    ...world.ports,
    sendLists: world.sends,
    enqueueSend: async (message) => {
      if (message.type === 'wake-held')
        return wakeHeld({ ...sequenceResumed, cursor: String(message.cursor) })
      return wakeEmail({ leadId, sendId: String(message.sendId), until: String(message.until), early: true })
    },
  })
  const since = world.times.now
  return {
    ...world,
    send: (request = welcomeRequest) => sendEmail(request, cause),
    wakeHeld,
    wakeEmail,
    stands: (id = sendId) => world.sends.items.get(id),
    pause: () => world.sequences.commit('interest', { version: 0, paused: { since } }),
    resume: (due: ResumeMode, at: string) =>
      world.sequences.commit('interest', { version: 1, resumed: { at, pausedAt: since, due } }),
  }
}

const sequenceResumed: HeldTimer = {
  type: 'wake-held',
  id: 'interest:resumed',
  reason: 'sequence-paused',
  sequence: 'interest',
}
const tomorrow = '2026-01-06T09:00:02.000Z'

describe('an email that was asked for by a sequence that is paused now', () => {
  test('is held, and looked at again by the hour', async () => {
    const world = pausedWorld()
    await world.pause()
    await world.send()
    expect(world.outgoing).toEqual([])
    expect(world.stands()).toMatchObject({ status: 'held', reason: 'sequence-paused', due: start })
    world.times.now = world.stands()?.until ?? ''
    await world.wakeEmail({ leadId, sendId, until: world.times.now })
    expect(world.stands()).toMatchObject({ until: '2026-01-05T11:00:02.000Z', due: start })
  })

  test.each([
    ['send', { status: 'sent' }, 1],
    ['skip', { status: 'suppressed', reason: 'skipped-paused' }, 0],
    ['shift', { status: 'held', reason: 'shifted', until: tomorrow }, 0],
  ] as const)('goes on at once as the resumption says: %s', async (mode, stands, mails) => {
    const world = pausedWorld()
    await world.pause()
    await world.send()
    world.times.now = '2026-01-05T21:00:02.500Z'
    await world.resume(mode, '2026-01-06T09:00:02.000Z')
    await world.wakeHeld(sequenceResumed)
    expect(world.stands()).toMatchObject(stands)
    expect(world.outgoing).toHaveLength(mails)
  })

  test('that was shifted goes out when its time has come', async () => {
    const world = pausedWorld()
    await world.pause()
    world.times.now = '2026-01-05T10:00:02.000Z'
    await world.send()
    world.times.now = '2026-01-05T12:00:02.000Z'
    await world.resume('shift', '2026-01-05T12:00:02.000Z')
    await world.wakeHeld(sequenceResumed)
    const until = '2026-01-05T13:00:02.000Z'
    expect(world.stands()).toMatchObject({ reason: 'shifted', until })
    world.times.now = until
    await world.wakeEmail({ leadId, sendId, until })
    expect(world.stands()?.status).toBe('sent')
  })

  test('is held as well when it wakes from another wait', async () => {
    const world = pausedWorld({ sending: afternoon })
    await world.send()
    await world.pause()
    const { until = '' } = world.stands() ?? {}
    world.times.now = until
    await world.wakeEmail({ leadId, sendId, until })
    expect(world.stands()).toMatchObject({ status: 'held', reason: 'sequence-paused', due: until })
  })
})

test('when all sending goes on, held mail does at once, and only what was held for that', async () => {
  const world = pausedWorld()
  await world.sendingStates.commit({ version: 0, paused: { since: start, because: 'by-hand' } })
  await world.send()
  await world.sendingStates.commit({ version: 1 })
  await world.wakeHeld(sequenceResumed)
  expect(world.stands()).toMatchObject({ status: 'held', reason: 'paused' })
  await world.wakeHeld({ type: 'wake-held', id: 'sending:1', reason: 'paused' })
  expect(world.stands()).toMatchObject({ status: 'sent' })
  await world.wakeHeld({ type: 'wake-held', id: 'sending:1', reason: 'paused', second: true })
  expect(world.outgoing).toHaveLength(1)
})

test('two emails of one run that wake together go out in their order', async () => {
  const world = pausedWorld({ sending: afternoon })
  await world.send(welcomeRequest)
  await world.send(second)
  const timer = async (id: string): Promise<void> => {
    const { until = '' } = world.stands(id) ?? {}
    if (until > world.times.now) world.times.now = until
    await world.wakeEmail({ leadId, sendId: id, until })
  }
  await timer(second.sendId)
  expect(world.outgoing).toEqual([])
  await timer(sendId)
  await timer(second.sendId)
  expect(world.sends.items.get(second.sendId)).toMatchObject({ status: 'sent' })
  expect(world.outgoing.map(({ tags }) => tags.sendId)).toHaveLength(2)
})
