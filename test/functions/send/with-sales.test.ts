import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../domain/model/activity.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import { memoryPlaybooks } from '../../../functions/adapters/memory-playbooks.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact } from '../../domain/support/facts.ts'
import { interest } from '../nurture/nurture-world.ts'
import { address, cause, playbook, sendWorld, welcomeRequest } from './send-world.ts'

const known = [
  { ...fact('p', 'profile.updated', '01-05T07:00', { fields: { language: 'de' } }), email: address },
  fact('yes', 'consent.granted', '01-05T07:30', { purpose: 'newsletter' }),
]
/** Seventy points in the stage `intent`: it goes to sales. */
const qualifying = [fact('d', 'demo.requested', '01-05T08:30'), fact('q', 'quote.requested', '01-05T09:00')]
const deal = (id: string, type: string, at: string) => fact(id, type, at, { dealId: 'd1' })
const { sendId, run } = welcomeRequest
const later = { ...welcomeRequest, ...(run && { run: { ...run, afterWait: true } }) }
const { exit: _exit, ...endless } = interest
const live = { ...playbook, sequences: { interest: endless } }
const meant = { ...playbook, sequences: { interest: { ...endless, withSales: 'continue' as const } } }

const worldOf = (facts: readonly Fact[], given: Playbook = live) => {
  const world = sendWorld(facts)
  const ports = { ...world.ports, playbooks: memoryPlaybooks(given) }
  return {
    ...world,
    ports,
    outcome: () => {
      const { status, reason } = world.sends.items.get(sendId) ?? {}
      return { status, reason }
    },
  }
}

describe('marketing mail that was asked for before its lead went to sales', () => {
  test('is not sent while sales has the lead, and says so', async () => {
    const world = worldOf([...known, ...qualifying])
    await makeSendEmail(world.ports)(later, cause)
    expect(world.outgoing).toEqual([])
    expect(world.outcome()).toEqual({ status: 'suppressed', reason: 'with-sales' })
    const [told] = world.published.values()
    expect(told).toMatchObject({ type: 'EmailSuppressed', data: { reason: 'with-sales', sendId } })
  })

  test.each([
    ['before that', []],
    [
      'once it was sent back',
      [...qualifying, fact('r', 'handoff.rejected', '01-05T09:00', { reason: 'not-now' })],
    ],
    [
      'once it is a customer',
      [...qualifying, deal('r', 'proposal.sent', '01-05T09:00'), deal('s', 'deal.won', '01-05T09:00')],
    ],
  ])('is sent %s', async (_, facts) => {
    const world = worldOf([...known, ...facts])
    await makeSendEmail(world.ports)(later, cause)
    expect(world.outcome().status).toBe('sent')
  })

  test('is sent where its sequence is meant for such leads', async () => {
    const world = worldOf([...known, ...qualifying], meant)
    await makeSendEmail(world.ports)(later, cause)
    expect(world.outcome().status).toBe('sent')
  })

  test('is sent where its run has just begun by a fact from before: the order of arrival decides nothing', async () => {
    const world = worldOf([...known, ...qualifying])
    await makeSendEmail(world.ports)(welcomeRequest, cause)
    expect(world.outcome().status).toBe('sent')
  })

  test('is not sent where that was put off until sales had the lead', async () => {
    const world = worldOf(known)
    const paused = { version: 1, paused: { since: '2026-01-05T08:00:00.000Z', because: 'by-hand' } } as const
    const sendingStates = { ...world.ports.sendingStates, load: async () => paused }
    await makeSendEmail({ ...world.ports, sendingStates })(welcomeRequest, cause)
    expect(world.outcome().status).toBe('held')
    world.log.push(...qualifying)
    world.times.now = world.sends.items.get(sendId)?.until ?? ''
    await makeSendEmail(world.ports)(welcomeRequest, cause)
    expect(world.outcome()).toEqual({ status: 'suppressed', reason: 'with-sales' })
  })
})
