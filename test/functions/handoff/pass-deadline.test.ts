import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Handoff } from '../../../domain/handoff/handoff.ts'
import type { HandoffRules, Team } from '../../../domain/model/handoff-rules.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { makeAnswerHandoff } from '../../../functions/handoff/answer-handoff.ts'
import { makeFollowDeals } from '../../../functions/handoff/follow-deals.ts'
import { makeFollowQualification, makeHandOffLead } from '../../../functions/handoff/hand-off-lead.ts'
import { attendHandoff } from '../../../functions/handoff/publish-handoff.ts'
import { Transient } from '../../../functions/ports.ts'
import { dataOf } from '../../domain/support/decided-data.ts'
import { eventSamples } from '../../domain/support/event-samples.ts'
import { runs } from '../../support/runs.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { handoffWorld, now } from './handoff-world.ts'

const hour = 3_600_000
const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString()

/** One lead that Anna has been given on a Monday at ten, a clock that moves, and a team with a lead. */
const deadlineWorld = async (further: Partial<HandoffRules['accept']> = {}) => {
  const made = await handoffWorld(2)
  const { playbook } = made.rules
  const { dach } = playbook.handoff.teams
  if (!dach) throw new Error('no team')
  const days = ['mon', 'tue', 'wed', 'thu', 'fri'] as const
  const lead = { name: 'Lea Kern', email: 'lea@sales.example.com' }
  const teams = { dach: { ...dach, hours: { ...dach.hours, days }, lead } }
  const accept = { remind: 2 * hour, escalate: 4 * hour, reassign: 7 * hour, ...further }
  const rules = compileRules({ ...playbook, handoff: { ...playbook.handoff, teams, accept } })
  const times = { now }
  const ports = { ...made.ports, rules, clock: () => times.now }
  const [leadId, other] = made.leadIds
  if (!leadId || !other) throw new Error('no lead')
  await makeHandOffLead(ports)(made.qualified(leadId))
  const handoffId = `${leadId}.1`
  const follow = makeFollowQualification(ports)
  return {
    ...made,
    ports,
    rules,
    times,
    leadId,
    other,
    handoffId,
    follow,
    answer: makeAnswerHandoff({ ...ports, rules: rules.playbook.handoff }),
    stored: (): Handoff => {
      const handoff = made.handoffs.items.get(handoffId)
      if (!handoff) throw new Error('no handoff')
      return handoff
    },
    /** Lets every timer fire in its turn, up to `until`. */
    wait: async (until: string) => {
      for (let at = made.timers.nextAt(); at !== undefined && at <= until; at = made.timers.nextAt()) {
        const timer = made.timers.take()
        times.now = at > times.now ? at : times.now
        await follow(timer?.message)
      }
      times.now = until
    },
    /** How many the team has open. */
    load: async () => (await made.rounds.counted('dach')).filter(({ isOpen }) => isOpen).length,
    /** What was published, each thing once, since the handoff was requested. */
    told: () =>
      [...new Map(made.bus.published.map((one) => [one.id, one])).values()]
        .slice(3)
        .map((one) => [one.type, dataOf(one).email].filter(Boolean).join(' ')),
  }
}

const reminded = ['HandoffReminded', 'EmailRequested reminder']
const escalated = ['HandoffEscalated', 'EmailRequested escalation']
const assigned = ['HandoffAssigned', 'EmailRequested handoff']

describe('a handoff that nobody answers', () => {
  it('has a timer for each of the next two deadlines', async () => {
    const { timers, handoffId } = await deadlineWorld()
    expect([...timers.items.values()]).toEqual(
      [
        ['remind', '2026-03-02T11:00:00.000Z'],
        ['escalate', '2026-03-02T13:00:00.000Z'],
      ].map(([deadline, at]) => ({ at, message: { type: 'deadline', handoffId, deadline, at } })),
    )
  })

  it('is reminded of, escalated and given to others until it stays with the lead of the team', async () => {
    const { wait, told, stored, timers } = await deadlineWorld()
    await wait('2026-03-02T11:00:00.000Z')
    expect(told()).toEqual(reminded)
    await wait('2026-03-02T15:59:59.000Z')
    expect(told()).toEqual([...reminded, ...escalated])
    expect(stored().owner.name).toBe('Anna Berg')
    await wait('2026-03-02T16:00:00.000Z')
    expect(stored()).toMatchObject({
      owner: { name: 'Ben Thal' },
      passed: [],
      overdueSince: '2026-03-02T13:00:00.000Z',
    })
    await wait('2026-04-01T00:00:00.000Z')
    expect(told()).toEqual([
      ...reminded,
      ...escalated,
      ...assigned,
      ...reminded,
      ...escalated,
      ...assigned,
      ...reminded,
    ])
    expect(stored()).toMatchObject({
      owner: { name: 'Lea Kern' },
      answer: { state: 'requested' },
      passed: ['remind'],
    })
    expect(stored().assignments.map(({ owner, because }) => [owner.name, because])).toEqual([
      ['Anna Berg', 'routed'],
      ['Ben Thal', 'deadline'],
      ['Lea Kern', 'deadline'],
    ])
    expect(timers.items.size).toBe(0)
  })

  it('goes back to marketing once the last who was given it has let it lie', async () => {
    const expire = { after: 16 * hour, reason: 'wrong-fit' }
    const { wait, told, stored, timers, bus, handoffId, load } = await deadlineWorld({ expire })
    await wait('2026-04-01T00:00:00.000Z')
    expect(told().slice(-2)).toEqual(['EmailRequested reminder', 'HandoffRejected'])
    const last = stored().assignments.at(-1)
    expect(last?.owner.name).toBe('Lea Kern')
    const { answer } = stored()
    expect(answer).toMatchObject({ state: 'expired', returnedAs: 'wrong-fit' })
    expect(bus.submitted.map(({ id, type, properties }) => ({ id, type, properties }))).toEqual([
      {
        id: `${handoffId}:rejected`,
        type: 'handoff.rejected',
        properties: { handoffId, reason: 'wrong-fit', expired: true },
      },
    ])
    expect([timers.items.size, await load()]).toEqual([0, 0])
  })

  it('goes to the next before it expires, also where both are due at once', async () => {
    const { times, follow, handoffId, stored } = await deadlineWorld({
      expire: { after: 16 * hour, reason: 'wrong-fit' },
    })
    times.now = '2026-03-20T12:00:00.000Z'
    await follow({ type: 'deadline', handoffId, deadline: 'remind', at: '2026-03-02T11:00:00.000Z' })
    expect(stored()).toMatchObject({
      owner: { name: 'Ben Thal' },
      answer: { state: 'requested' },
      passed: [],
    })
  })

  it('waits on where the playbook has it expire no more', async () => {
    const { ports, rules, times, handoffId, stored } = await deadlineWorld({
      expire: { after: 16 * hour, reason: 'wrong-fit' },
    })
    const { handoff } = rules.playbook
    const gone = compileRules({ ...rules.playbook, handoff: { ...handoff, accept: {}, teams: {} } })
    times.now = '2026-03-20T12:00:00.000Z'
    await makeFollowQualification({ ...ports, rules: gone })({
      ...{ type: 'deadline', handoffId, deadline: 'expire', at: '2026-03-04T11:00:00.000Z' },
    })
    expect(stored()).toMatchObject({ answer: { state: 'requested' } })
    expect(stored().passed).toContain('expire')
  })

  it('is left alone where its lead says that it was answered, though nothing was told of it', async () => {
    const { wait, told, sell, leadId, stored } = await deadlineWorld()
    await sell(leadId, { status: 'open' })
    await wait('2026-04-01T00:00:00.000Z')
    expect(told()).toEqual(['HandoffAccepted'])
    expect(stored().answer).toMatchObject({ state: 'accepted', by: 'activity' })
  })

  it.each(['accept', 'reject'] as const)('is left alone after an answer (%s)', async (type) => {
    const { wait, told, answer, handoffId } = await deadlineWorld()
    await wait('2026-03-02T12:00:00.000Z')
    const by = 'anna@sales.example.com'
    await answer(handoffId, type === 'accept' ? { type, by } : { type, by, reason: 'wrong-fit' })
    const before = told()
    await wait('2026-04-01T00:00:00.000Z')
    expect(told()).toEqual(before)
  })

  it('is left alone once its qualification was taken back or its lead erased', async () => {
    for (const parts of [{ qualifies: false }, { erased: { at: now, family: [] } }]) {
      const { wait, told, change, follow, leadId } = await deadlineWorld()
      await change(leadId, parts)
      if ('qualifies' in parts)
        await follow({
          id: 'e',
          source: 'trichter',
          time: now,
          'detail-type': 'QualificationWithdrawn',
          detail: {
            metadata: { id: 'd', occurredAt: now, correlationId: 'c', causationId: 'f' },
            data: { leadId, ...eventSamples.QualificationWithdrawn },
          },
        })
      await wait('2026-04-01T00:00:00.000Z')
      expect(told()).toEqual([])
    }
  })

  it('of a lead that was merged is left alone where sales has the person already, and not otherwise', async () => {
    for (const state of ['requested', 'accepted', 'rejected'] as const) {
      const world = await deadlineWorld()
      const { leadId, other, ports, change, wait, answer, qualified, stored } = world
      await makeHandOffLead(ports)(qualified(other))
      const by = 'ben@sales.example.com'
      if (state === 'accepted') await answer(`${other}.1`, { type: 'accept', by })
      if (state === 'rejected') await answer(`${other}.1`, { type: 'reject', by, reason: 'wrong-fit' })
      await change(other, { members: [leadId] })
      await change(leadId, { mergedInto: other })
      await wait('2026-03-02T14:00:00.000Z')
      expect([state, stored().passed]).toEqual([state, state === 'rejected' ? ['remind', 'escalate'] : []])
    }
  })

  it('of a lead that was merged into somebody whom sales has comes to rest, and goes on once it stands alone again', async () => {
    const { leadId, other, ports, timers, times, follow, change, part, answer, qualified, stored } =
      await deadlineWorld()
    await makeHandOffLead(ports)(qualified(other))
    await answer(`${other}.1`, { type: 'accept', by: 'ben@sales.example.com' })
    await change(other, { members: [leadId] })
    await change(leadId, { mergedInto: other })
    const rest = async (): Promise<number> => {
      let taken = 0
      for (let timer = timers.take(); timer && taken < 100; timer = timers.take()) {
        taken += 1
        times.now = timer.at > times.now ? timer.at : times.now
        await follow(timer.message)
      }
      return taken
    }
    expect(await rest()).toBeLessThan(10)
    expect(stored().passed).toEqual([])
    await change(other, { members: [] })
    await part(leadId)
    await makeFollowDeals(ports)(`${leadId}.1`)
    expect(await rest()).toBeLessThan(30)
    expect(stored().owner.email).not.toBe('anna@sales.example.com')
  })

  it.each(['remind', 'escalate'])(
    'takes every step where a timer is lost (%s), that one late',
    async (lost) => {
      const { timers, times, follow, told } = await deadlineWorld()
      let isLost = false
      for (let timer = timers.take(); timer; timer = timers.take()) {
        if (!isLost && timer.message.deadline === lost) {
          isLost = true
          continue
        }
        times.now = timer.at > times.now ? timer.at : times.now
        await follow(timer.message)
      }
      const steps = [...reminded, ...escalated, ...assigned]
      expect(told().slice(0, 12)).toEqual([...steps, ...steps])
    },
  )

  it('sets the timers that follow before it takes a step: two of them may come to nothing in a row', async () => {
    const { timers, times, ports, follow, told } = await deadlineWorld()
    const { handoffs, timers: set, ...rest } = ports
    for (let turn = 0; turn < 2; turn += 1) {
      const timer = timers.take()
      times.now = timer?.at ?? times.now
      // The step itself is never taken: the function dies as it commits, and its message becomes a dead letter.
      const dying = { ...handoffs, commit: () => Promise.reject(new Crash()) }
      await expect(
        makeFollowQualification({ ...rest, timers: set, handoffs: dying })(timer?.message),
      ).rejects.toThrow(Crash)
      const soon = later(times.now, hour / 60)
      while ((timers.nextAt() ?? soon) < soon) timers.take()
    }
    const last = timers.take()
    times.now = last?.at ?? times.now
    await follow(last?.message)
    expect(told().slice(0, 6)).toEqual([...reminded, ...escalated, ...assigned])
  })

  it('waits for an alarm that comes early', async () => {
    const { follow, handoffId, told } = await deadlineWorld()
    const at = '2026-03-02T11:00:00.000Z'
    await expect(follow({ type: 'deadline', handoffId, deadline: 'remind', at })).rejects.toThrow(Transient)
    expect(told()).toEqual([])
  })

  it('goes by what it was given: another playbook changes nothing about its times', async () => {
    const { ports, rules, timers, times, told } = await deadlineWorld()
    const { handoff } = rules.playbook
    const gone = compileRules({ ...rules.playbook, handoff: { ...handoff, accept: {}, teams: {} } })
    const follow = makeFollowQualification({ ...ports, rules: gone })
    for (const { at, message } of [...timers.items.values()]) {
      times.now = at
      await follow(message)
    }
    expect(told()).toEqual([...reminded, 'HandoffEscalated'])
  })

  it('passes each deadline once, whatever comes twice, late, early or in another order, and wherever functions die', async () => {
    const anyDelivery = fc.record({
      timer: fc.nat(2),
      wait: fc.integer({ min: 0, max: 5 * hour }),
      crash: fc.option(fc.record({ call: fc.nat(9), done: fc.boolean() })),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(anyDelivery, { maxLength: 10 }), async (deliveries) => {
        const world = await deadlineWorld()
        const { ports, times, follow, told, stored, timers } = world
        const messages = Object.entries(stored().deadlines ?? {}).map(([name, at]) => {
          return { type: 'deadline', handoffId: world.handoffId, deadline: name.replace('At', ''), at }
        })
        for (const { timer, wait, crash } of deliveries) {
          times.now = later(times.now, wait)
          const dying = crash ? crashAt(crash) : <Port extends object>(port: Port) => port
          const { handoffs, rounds, bus, timers: set, ...rest } = ports
          const mortal = {
            ...rest,
            handoffs: dying(handoffs),
            rounds: dying(rounds),
            bus: dying(bus),
            timers: dying(set),
          }
          await makeFollowQualification(mortal)(messages[timer]).catch((error: unknown) => {
            if (!(error instanceof Crash || error instanceof Transient)) throw error
          })
        }
        // What failed comes again: in the end every timer of the first owner is delivered once more, in its time.
        times.now = times.now > '2026-03-02T16:00:00.000Z' ? times.now : '2026-03-02T16:00:00.000Z'
        for (const message of messages) await follow(message)
        expect(
          stored()
            .assignments.slice(0, 2)
            .map(({ owner }) => owner.name),
        ).toEqual(['Anna Berg', 'Ben Thal'])
        expect(stored().outbox).toEqual([])
        const first = told().slice(0, 6)
        expect(first).toEqual([...reminded, ...escalated, ...assigned])
        // The next two deadlines of whoever has it now have their timers.
        const { deadlines = {}, passed = [] } = stored()
        const owed = Object.entries(deadlines).filter(
          ([name]) => !passed.some((type) => name === `${type}At`),
        )
        const set = [...timers.items.values()].map(({ message }) => message.at)
        expect(owed.slice(0, 2).filter(([, at]) => !set.includes(at))).toEqual([])
      }),
      { numRuns: runs(150) },
    )
  })
})

describe('an answer whose function dies', () => {
  it('publishes from the queued message after a crash at any point', async () => {
    for (const type of ['accept', 'reject'] as const)
      for (const done of [true, false])
        for (let call = 0; call < 6; call += 1) {
          const { ports, follow, handoffId, bus, stored } = await deadlineWorld()
          const dying = crashAt({ call, done })
          const { handoffs, bus: real, enqueueHandoff, clock, rules } = ports
          const queue = dying({ tell: enqueueHandoff })
          const answer = makeAnswerHandoff({
            handoffs: dying(handoffs),
            bus: dying(real),
            enqueueHandoff: queue.tell,
            clock,
            rules: rules.playbook.handoff,
          })
          const by = 'anna@sales.example.com'
          const reply = type === 'accept' ? { type, by } : ({ type, by, reason: 'wrong-fit' } as const)
          await answer(handoffId, reply).catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error
          })
          for (const { message } of ports.told) await follow(message)
          const { answer: stands, outbox } = stored()
          const facts = [...new Set(bus.submitted.map(({ id }) => id))]
          expect([call, done, outbox, facts]).toEqual([
            call,
            done,
            [],
            stands.state === 'requested' ? [] : [`${handoffId}:${stands.state}`],
          ])
        }
  })

  it('has nothing to tell where nobody came to commit, and sets the alarms of what is still open', async () => {
    const { ports, follow, handoffId, stored, timers } = await deadlineWorld()
    for (let timer = timers.take(); timer; timer = timers.take());
    await follow({ type: 'publish', handoffId })
    await follow({ type: 'publish', handoffId: 'lead-0009.1' })
    expect(stored().answer.state).toBe('requested')
    expect(timers.items.size).toBe(2)
    expect(await attendHandoff(ports, stored())).toEqual(stored())
  })
})

describe('a handoff whose owner was taken out of the team', () => {
  const without = async (change: (team: Team) => Readonly<Record<string, Team>>) => {
    const world = await deadlineWorld({ expire: { after: 40 * hour, reason: 'not-now' } })
    const { playbook } = world.rules
    const { dach } = playbook.handoff.teams
    if (!dach) throw new Error('no team')
    const teams = change(dach)
    const route = [{ team: Object.keys(teams)[0] ?? '' }]
    const rules = compileRules({ ...playbook, handoff: { ...playbook.handoff, teams, route } })
    const follow = makeFollowQualification({ ...world.ports, rules })
    const next = async () => {
      const timer = world.timers.take()
      world.times.now = timer?.at ?? ''
      await follow(timer?.message)
    }
    return { ...world, next }
  }
  const nobodyElse = ({ lead: _lead, ...team }: Team): Team => ({ ...team, members: [cara] })
  const cara = { name: 'Cara Roth', email: 'cara@sales.example.com' }
  const [ben] = [{ name: 'Ben Thal', email: 'ben@sales.example.com' }]

  it('is reassigned at its next deadline, and they are reminded of nothing', async () => {
    const { next, told, stored } = await without((dach) => ({ dach: { ...dach, members: [ben] } }))
    await next()
    expect(told()).toEqual(assigned)
    expect(stored()).toMatchObject({ owner: ben, passed: [], answer: { state: 'requested' } })
    expect(stored().assignments.map(({ because }) => because)).toEqual(['routed', 'deadline'])
  })

  it('goes to the lead where nobody else is there', async () => {
    const { next, stored } = await without((dach) => ({
      dach: { ...dach, members: [{ ...ben, absent: [{ from: '2026-01-01', to: '2026-12-31' }] }] },
    }))
    await next()
    expect(stored().owner.name).toBe('Lea Kern')
  })

  it('goes to the default team where theirs is gone', async () => {
    const { next, stored } = await without((dach) => ({ uk: { ...nobodyElse(dach), id: 'uk' } }))
    await next()
    expect(stored()).toMatchObject({ team: 'uk', owner: cara })
  })

  it('is given back in the end where there is nobody at all', async () => {
    const away = { ...cara, absent: [{ from: '2026-01-01', to: '2026-12-31' }] }
    const { next, stored, timers } = await without((dach) => ({
      dach: { ...nobodyElse(dach), members: [away] },
    }))
    while (timers.items.size > 0) await next()
    expect(stored().answer.state).toBe('expired')
  })
})
