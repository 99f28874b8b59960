import { describe, expect, test } from 'vitest'
import type { Settings } from '../../../domain/model/settings.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact } from '../../domain/support/facts.ts'
import { cause, playbook, sendWorld, welcomeRequest } from './send-world.ts'

const granted = fact('yes', 'consent.granted', '01-05T09:00', { purpose: 'newsletter', form: 'newsletter' })
const rarely = fact('rarely', 'profile.updated', '01-05T09:00', { fields: { frequency: 'less' } })
const { run } = welcomeRequest
const awaited = { ...welcomeRequest, ...(run && { run: { ...run, atOnce: true as const } }) }
const closed = { days: ['mon'], from: '14:00', to: '20:00' } as const
const day = 86_400_000
const full = { caps: [{ emails: 1, per: day }] }

const worldUnder = async (settings: Partial<Settings>, facts = [granted]) => {
  const world = sendWorld(facts, undefined, { ...playbook, settings: { ...playbook.settings, ...settings } })
  const at = '2026-01-05T08:00:00.000Z'
  const earlier = { ...welcomeRequest, sendId: 'earlier', email: 'personal' }
  const times = { requestedAt: at, claimedAt: at, leaseUntil: at, at }
  const send = { ...earlier, request: earlier, cause, marketing: true, status: 'sent', ...times } as const
  await world.sends.claim(send, at)
  return { ...world, send: makeSendEmail(world.ports) }
}

describe('an email that somebody asked for a moment ago', () => {
  test.each([
    ['outside the sending hours', { sending: closed }, [granted]],
    ['above the caps', full, [granted]],
    ['to somebody who wants to hear from us rarely', full, [granted, rarely]],
  ] as const)('goes out %s, where another one waits', async (_, settings, facts) => {
    const world = await worldUnder(settings, [...facts])
    await world.send(awaited, cause)
    expect(world.sends.items.get(awaited.sendId)?.status).toBe('sent')
    const other = { ...welcomeRequest, sendId: 'other' }
    await world.send(other, cause)
    expect(world.sends.items.get('other')?.status).toBe('held')
  })

  test('needs consent all the same, and waits while all marketing mail is paused', async () => {
    const without = await worldUnder({}, [rarely])
    await without.send(awaited, cause)
    expect(without.sends.items.get(awaited.sendId)).toMatchObject({
      status: 'suppressed',
      reason: 'no-consent',
    })
    const paused = await worldUnder({})
    await paused.sendingStates.commit({ version: 0, paused: { since: '2026-01-05', because: 'by-hand' } })
    await paused.send(awaited, cause)
    expect(paused.sends.items.get(awaited.sendId)).toMatchObject({ status: 'held', reason: 'paused' })
  })

  test('is one like any other an hour later', async () => {
    const world = await worldUnder({ sending: closed })
    await world.sendingStates.commit({ version: 0, paused: { since: '2026-01-05', because: 'by-hand' } })
    await world.send(awaited, cause)
    await world.sendingStates.commit({ version: 1 })
    world.times.now = world.sends.items.get(awaited.sendId)?.until ?? ''
    world.times.now = new Date(Date.parse(world.times.now) + 60_000).toISOString()
    await world.send(awaited, cause)
    expect(world.sends.items.get(awaited.sendId)).toMatchObject({ status: 'held', reason: 'window' })
  })
})
