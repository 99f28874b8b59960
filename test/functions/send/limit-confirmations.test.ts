import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LeadId, parseLeadId } from '../../../domain/model/activity.ts'
import type { EmailRequest } from '../../../domain/model/email-request.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { runs } from '../../support/runs.ts'
import { cause, sendWorld, start } from './send-world.ts'

const asked = (id: string) =>
  fact(id, 'form.submitted', '01-05T09:00', { form: 'newsletter', language: 'de', fields: {} })

const requestOf = (factId: string, key = 'confirm'): EmailRequest => ({
  leadId,
  sendId: `${leadId}:${key}:${factId}`,
  email: 'confirm',
  recipient: 'lead',
  confirmation: { factId, form: 'newsletter', purpose: 'newsletter', language: 'de' },
})

const ids = Array.from({ length: 20 }, (_, index) => `f${String(index).padStart(2, '0')}`)
const many = { status: 'suppressed', reason: 'too-many-confirmations' }

describe('confirmations to one person', () => {
  test('are three, whoever is at them at once and in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(ids, { minLength: 4 }),
        fc.scheduler(),
        async (order, scheduler) => {
          const world = sendWorld(ids.map(asked))
          const { load, commit } = world.ports.places
          const places = {
            load: scheduler.scheduleFunction(load),
            commit: scheduler.scheduleFunction(commit),
          }
          const send = makeSendEmail({ ...world.ports, places })
          const all = Promise.all(order.map((id) => send(requestOf(id), cause)))
          await scheduler.waitFor(all)
          expect(world.outgoing).toHaveLength(3)
          const told = [...world.published.values()].filter((one) => one.type === 'EmailSuppressed')
          expect(told.map(({ data }) => data.reason)).toEqual(order.slice(3).map(() => many.reason))
        },
      ),
      { numRuns: runs(20) },
    )
  })

  test('are three and no fewer, however often each is asked for at once', async () => {
    const twice = [...ids.slice(0, 6), ...ids.slice(0, 6)]
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(twice, { minLength: twice.length }),
        fc.scheduler(),
        async (order, scheduler) => {
          const world = sendWorld(ids.map(asked))
          let ticks = Date.parse(start)
          const { places, sends } = world.ports
          const send = makeSendEmail({
            ...world.ports,
            clock: () => {
              ticks += 1
              return new Date(ticks).toISOString()
            },
            places: {
              load: scheduler.scheduleFunction(places.load),
              commit: scheduler.scheduleFunction(places.commit),
            },
            sends: { ...sends, claim: scheduler.scheduleFunction(sends.claim) },
          })
          await scheduler.waitFor(Promise.all(order.map((id) => send(requestOf(id), cause))))
          expect(world.outgoing).toHaveLength(3)
        },
      ),
      { numRuns: runs(200) },
    )
  })

  test('have room again a day after the first; a reminder is one of them', async () => {
    const world = sendWorld(ids.map(asked))
    const send = makeSendEmail(world.ports)
    const attempt = async (at: string, id: string, key?: string) => {
      world.times.now = at
      await send(requestOf(id, key), cause)
      return world.sends.items.get(requestOf(id, key).sendId)?.status
    }
    expect(await attempt(start, 'f00')).toBe('sent')
    expect(await attempt('2026-01-05T12:00:00.000Z', 'f01')).toBe('sent')
    expect(await attempt('2026-01-05T13:00:00.000Z', 'f00', 'reminder')).toBe('sent')
    expect(await attempt('2026-01-06T09:00:01.999Z', 'f02')).toBe('suppressed')
    expect(await attempt('2026-01-06T09:00:02.000Z', 'f03')).toBe('sent')
  })

  test('count under every lead that the person was known by', async () => {
    const world = sendWorld(ids.map(asked))
    const member = parseLeadId('lead-0002') ?? leadId
    const { load } = world.ports.leads
    const leads = {
      ...world.ports.leads,
      load: async (id: LeadId) => {
        if (id === member) return { leadId: member, version: 1, outbox: [], mergedInto: leadId }
        const lead = await load(id)
        return lead && { ...lead, members: [member] }
      },
    }
    const send = makeSendEmail({ ...world.ports, leads })
    for (const id of ['f00', 'f01']) await send({ ...requestOf(id), leadId: member }, cause)
    for (const id of ['f02', 'f03']) await send(requestOf(id), cause)
    expect(world.outgoing).toHaveLength(3)
    expect(world.sends.items.get(requestOf('f03').sendId)).toMatchObject(many)
  })

  test('one that SES throttles keeps its place, and is sent in its turn', async () => {
    const world = sendWorld(ids.map(asked))
    const [first = ''] = ids
    await makeSendEmail(world.ports)(requestOf(first), cause)
    expect(world.outgoing).toHaveLength(1)
    const again = sendWorld(ids.map(asked))
    await again.ports.sends.claim(
      {
        ...requestOf(first),
        request: requestOf(first),
        cause,
        requestedAt: start,
        marketing: false,
        status: 'claimed',
        claimedAt: start,
        leaseUntil: '1970-01-01T00:00:00.000Z',
      },
      start,
    )
    const place = { sendId: requestOf(first).sendId, at: start, kind: 'confirmation' } as const
    await again.ports.places.commit(leadId, 0, { places: [place], since: '' })
    const send = makeSendEmail(again.ports)
    for (const id of ids.slice(1)) await send(requestOf(id), cause)
    expect(again.outgoing).toHaveLength(2)
    await send(requestOf(first), cause)
    expect(again.outgoing).toHaveLength(3)
  })
})

describe('confirmations to one mailbox', () => {
  const worldOf = (email: string, shared: ReturnType<typeof sendWorld>['ports']['confirmationPlaces']) => {
    const world = sendWorld(ids.map(asked))
    const { load } = world.ports.leads
    const leads = {
      ...world.ports.leads,
      load: async (id: LeadId) => {
        const lead = await load(id)
        return lead && { ...lead, email }
      },
    }
    return { ...world, ports: { ...world.ports, leads, confirmationPlaces: shared } }
  }

  test('are three, whatever stands behind the plus', async () => {
    const shared = sendWorld([]).ports.confirmationPlaces
    let sent = 0
    for (const [index, id] of ids.slice(0, 6).entries()) {
      const world = worldOf(`anna+${index}@example.com`, shared)
      await makeSendEmail(world.ports)(requestOf(id), cause)
      sent += world.outgoing.length
    }
    expect(sent).toBe(3)
    expect(JSON.stringify(await shared.load('anna@example.com'))).not.toContain(leadId)
  })

  test('of others wait once all together are too many for the minute', async () => {
    const shared = sendWorld([]).ports.confirmationPlaces
    const crowded = { ...shared, count: async () => false }
    const world = worldOf('ben@example.com', crowded)
    await makeSendEmail(world.ports)(requestOf('f00'), cause)
    expect(world.outgoing).toEqual([])
    expect(world.sends.items.get(requestOf('f00').sendId)).toMatchObject({
      status: 'held',
      reason: 'confirmations-full',
    })
  })
})
