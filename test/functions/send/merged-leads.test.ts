import { describe, expect, test } from 'vitest'
import type { LeadId } from '../../../domain/model/activity.ts'
import type { EmailRequest } from '../../../domain/model/email-request.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import type { Settings } from '../../../domain/model/settings.ts'
import { withTaken } from '../../../domain/sending/earlier-emails.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import { makeRetryEmail } from '../../../functions/send/hold-email.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { type Mailer, Throttled } from '../../../functions/send-ports.ts'
import { fact, leadId as person } from '../../domain/support/facts.ts'
import { cause, playbook, sendWorld, start, welcomeRequest } from './send-world.ts'

const other = 'a1a1a1a1-0000-4000-8000-000000000002' as LeadId
const third = 'a1a1a1a1-0000-4000-8000-000000000003' as LeadId
const granted = fact('yes', 'consent.granted', '01-05T09:00', { purpose: 'newsletter', form: 'newsletter' })
const opening = '2026-01-05T13:00:00.000Z'
const day = 86_400_000
const closed = { sending: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '14:00', to: '20:00' } } as const

const requestOf = (leadId: LeadId, number = 1): EmailRequest => ({
  ...welcomeRequest,
  leadId,
  sendId: `${leadId}:interest:${number}:0`,
  run: { sequence: 'interest', runId: `${leadId}:interest:${number}`, step: 0, afterWait: false },
})

const runOf = (leadId: LeadId, enteredAt: string, further: Partial<Run> = {}): Run => ({
  runId: `${leadId}:interest:1`,
  leadId,
  sequence: 'interest',
  playbookVersion: 'v1',
  entryId: `${leadId}:by-another-sequence`,
  enteredAt,
  step: 1,
  status: { type: 'completed', at: enteredAt },
  version: 1,
  outbox: [],
  ...further,
})

/** Leads with addresses, but for those named in `browsers`, that turn out to be one person once `merge` is called. */
const familyUnder = (settings: Partial<Settings> = {}, reenter: Sequence['reenter'] = 'never') => {
  const interest = playbook.sequences.interest
  if (!interest) throw new Error('the playbook has no sequence')
  const sequences = { interest: { ...interest, reenter } }
  const live = { ...playbook, sequences, settings: { ...playbook.settings, ...settings } }
  const world = sendWorld([granted], undefined, live)
  const { ports, times } = world
  const browsers = new Set<LeadId>()
  const runs = new Map<LeadId, Run>()
  let merged: readonly LeadId[] = []
  let mailer = ports.mailer
  const family = {
    ...ports,
    playbooks: { ...ports.playbooks, version: async () => live },
    mailer: { send: (email: Parameters<Mailer['send']>[0]) => mailer.send(email) },
    runs: { load: async (leadId: LeadId) => runs.get(leadId) },
    leads: {
      ...ports.leads,
      load: async (leadId: LeadId) => {
        const { email, ...lead } = (await ports.leads.load(person)) ?? { leadId, version: 1, outbox: [] }
        const addressed =
          email !== undefined && !browsers.has(leadId) ? { email: `${leadId}@example.com` } : {}
        if (merged.includes(leadId)) return { ...lead, ...addressed, leadId, mergedInto: person }
        return { ...lead, ...addressed, leadId, ...(merged.length > 0 && { members: merged }) }
      },
    },
  }
  const sendEmail = makeSendEmail(family)
  const retryEmail = makeRetryEmail({ ...family, sendEmail })
  return {
    ...world,
    browsers,
    runs,
    merge: (...leads: readonly LeadId[]) => {
      merged = leads
    },
    mailBy: (send: Mailer['send'] = ports.mailer.send) => {
      mailer = { send }
    },
    /** An hour ago, by a run of another sequence. */
    gotSomethingElse: async (leadId: LeadId) => {
      const sendId = `${leadId}:else`
      const at = '2026-01-05T08:00:00.000Z'
      const request = { leadId, sendId, email: 'personal', recipient: 'lead' } as const
      const times = { requestedAt: at, claimedAt: at, leaseUntil: at, at }
      const ledger = await ports.places.load(leadId)
      await ports.places.commit(leadId, ledger.version, withTaken(ledger, { sendId, at }))
      await world.sends.claim(
        { ...request, request, cause, marketing: true, status: 'sent', ...times },
        start,
      )
    },
    send: (leadId: LeadId, number = 1) => sendEmail(requestOf(leadId, number), cause),
    /** Timers go off, those of the same moment together, until none is set for the day. */
    pass: async (until = '2026-01-09T00:00:00.000Z') => {
      for (let at = world.timers.nextAt(); at !== undefined && at < until; at = world.timers.nextAt()) {
        if (at > times.now) times.now = at
        const together = []
        while (world.timers.nextAt() === at) together.push(world.timers.take())
        await Promise.all(
          together.map(async (timer) => {
            const { leadId, sendId, until: held } = timer?.message ?? {}
            await retryEmail({ leadId: leadId as LeadId, sendId: String(sendId), until: String(held) })
          }),
        )
      }
    },
    outcomes: () => [...world.sends.items.values()].map(({ status }) => status).toSorted(),
    of: (leadId: LeadId, number = 1) => world.sends.items.get(requestOf(leadId, number).sendId),
  }
}

describe('a browser that joins a person while an email of its run is on its way', () => {
  test('had no address when it was asked for, and gets none by the person’s', async () => {
    const world = familyUnder()
    world.browsers.add(other)
    world.merge(other)
    await Promise.all([world.send(other), world.send(person)])
    expect(world.outgoing).toHaveLength(1)
    expect(world.of(other)).toMatchObject({ status: 'suppressed', reason: 'no-address' })
    expect(world.of(person)?.status).toBe('sent')
  })

  test('where nobody else asks, nothing goes out either', async () => {
    const world = familyUnder()
    world.browsers.add(other)
    world.merge(other)
    await world.send(other)
    expect(world.outgoing).toEqual([])
  })
})

describe('two leads with addresses that are merged while both wait for the same email', () => {
  const both = async (world: ReturnType<typeof familyUnder>, ...leads: readonly LeadId[]) => {
    for (const leadId of leads) {
      world.runs.set(leadId, runOf(leadId, start))
      await world.send(leadId)
    }
  }

  test.each([
    ['the sending hours', closed],
    ['a cap', { caps: [{ emails: 1, per: day }] }],
  ])('held by %s', async (_, settings) => {
    const world = familyUnder(settings)
    for (const leadId of [other, person]) await world.gotSomethingElse(leadId)
    await both(world, other, person)
    expect(world.outcomes()).toEqual(['held', 'held', 'sent', 'sent'])
    world.merge(other)
    await world.pass()
    expect(world.outgoing).toHaveLength(1)
    expect(world.of(person)?.status).toBe('sent')
    expect(world.of(other)).toMatchObject({ status: 'exited', reason: 'merged' })
  })

  test('held while marketing mail, or their sequence, is paused', async () => {
    for (const pause of ['all', 'sequence']) {
      const world = familyUnder()
      const state = { paused: { since: start, because: 'by-hand' }, version: 0 } as const
      if (pause === 'all') await world.sendingStates.commit(state)
      else await world.sequences.commit('interest', { paused: { since: start }, version: 0 })
      await both(world, other, person)
      expect(world.outcomes()).toEqual(['held', 'held'])
      world.merge(other)
      if (pause === 'all') await world.sendingStates.commit({ version: 1, resumedAt: start })
      else
        await world.sequences.commit('interest', {
          resumed: { at: start, pausedAt: start, due: 'send' },
          version: 1,
        })
      await world.pass()
      expect(world.outgoing, pause).toHaveLength(1)
      expect(world.outcomes()).toEqual(['exited', 'sent'])
    }
  })

  test('three of them, of which the one that stands for the person was never in the sequence', async () => {
    const world = familyUnder(closed)
    await both(world, other, third)
    world.merge(other, third)
    await world.pass()
    expect(world.outgoing).toHaveLength(1)
    expect(world.outcomes()).toEqual(['exited', 'sent'])
  })

  test('one that has gone out before the merge is all that goes', async () => {
    const world = familyUnder()
    world.runs.set(other, runOf(other, start))
    await world.send(other)
    world.runs.set(person, runOf(person, start))
    world.merge(other)
    world.times.now = opening
    await world.send(person)
    expect(world.outgoing).toHaveLength(1)
    expect(world.of(person)).toMatchObject({ status: 'exited', reason: 'merged' })
  })

  test('put aside because mail was throttled', async () => {
    const world = familyUnder()
    world.mailBy(async () => {
      throw new Throttled('slowly')
    })
    for (const leadId of [other, person]) {
      world.runs.set(leadId, runOf(leadId, start))
      await expect(world.send(leadId)).rejects.toThrow(Throttled)
    }
    world.times.now = '2026-01-05T09:30:02.000Z'
    for (const leadId of [other, person]) await world.send(leadId)
    expect(world.outcomes()).toEqual(['held', 'held'])
    world.merge(other)
    world.mailBy()
    await world.pass()
    expect(world.outgoing).toHaveLength(1)
    expect(world.outcomes()).toEqual(['exited', 'sent'])
  })

  test('a sender died over one: the other waits until it is known what came of that', async () => {
    const world = familyUnder()
    world.mailBy(async () => {
      throw new Error('the function was ended')
    })
    world.runs.set(other, runOf(other, start))
    await expect(world.send(other)).rejects.toThrow('ended')
    world.mailBy()
    world.merge(other)
    world.runs.set(person, runOf(person, start))
    await world.send(person)
    expect(world.of(person)).toMatchObject({ status: 'held', reason: 'order' })
    await world.send(other)
    await world.pass()
    expect(world.outgoing).toHaveLength(1)
    expect(world.of(other)?.status).toBe('sent')
    expect(world.of(person)).toMatchObject({ status: 'exited', reason: 'merged' })
  })

  test('a person who may go through again gets it again', async () => {
    const world = familyUnder({}, 'always')
    world.runs.set(other, runOf(other, start))
    await world.send(other)
    world.merge(other)
    world.times.now = '2026-02-05T09:00:00.000Z'
    world.runs.set(person, runOf(person, world.times.now))
    await world.send(person)
    expect(world.outgoing).toHaveLength(2)
  })

  test('what the person lacked consent for under one lead is no reason to keep it from them', async () => {
    const world = familyUnder(closed)
    await both(world, other)
    const request = requestOf(person)
    const theirs = world.of(other) ?? fail()
    const lacking = { status: 'suppressed', reason: 'no-consent' } as const
    await world.sends.claim({ ...theirs, ...request, request, ...lacking }, start)
    world.merge(other)
    await world.pass()
    expect(world.of(other)?.status).toBe('sent')
  })
})

const fail = (): never => {
  throw new Error('it was not asked for')
}
