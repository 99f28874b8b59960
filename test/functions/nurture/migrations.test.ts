import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../domain/model/json.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import { memoryPlaybooks } from '../../../functions/adapters/memory-playbooks.ts'
import { makeNurtureLead } from '../../../functions/nurture/nurture-lead.ts'
import { makeMigrate, makeUndoMigration } from '../../../functions/sequences/steer-sequence.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { days } from '../../domain/support/make-playbook.ts'
import { runs } from '../../support/runs.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { interest, nurtureWorld, playbook } from './nurture-world.ts'

const signedUp = [
  fact('profile', 'profile.updated', '01-05T08:00', { fields: { language: 'de' } }),
  fact('signup', 'newsletter.subscribed', '01-05T09:00'),
]
const start = '2026-01-05T09:00:01.000Z'

const other: Playbook = {
  ...playbook,
  version: 'v2',
  sequences: {
    interest: {
      ...interest,
      version: '2',
      program: [
        { type: 'email', email: 'welcome' },
        { type: 'wait', for: days(30) },
        { type: 'email', email: 'case-study' },
      ],
    },
  },
}

/** A run that began under v1 and waits; v2 is live by now. */
const world = async () => {
  const nurtured = nurtureWorld(signedUp, start)
  const playbooks = memoryPlaybooks(other, playbook)
  await makeNurtureLead(nurtured.ports)(nurtured.stageEvent('interest'))
  const ports = { ...nurtured.ports, playbooks }
  let ids = 0
  const steering = { ...ports, sequences: nurtured.sequences, newId: () => `m${++ids}` }
  const nurture = makeNurtureLead(ports)
  const drain = async (): Promise<void> => {
    for (let message = nurtured.told.shift(); message; message = nurtured.told.shift()) await nurture(message)
  }
  /** Whatever goes off up to then: the second sweep of each list comes a minute after the first. */
  const until = async (at: string): Promise<void> => {
    await drain()
    while ((nurtured.timers.nextAt() ?? at) < at) {
      const timer = nurtured.timers.take()
      nurtured.times.now = timer?.at ?? at
      await nurture(timer?.message)
      await drain()
    }
    nurtured.times.now = at
  }
  const migrate = async (): Promise<string> => {
    const answer = await makeMigrate(steering)('interest')
    if (answer.type !== 'accepted') throw new Error(answer.type)
    return `m${ids}`
  }
  const undo = (migration: string, sequence = 'interest') => makeUndoMigration(steering)(sequence, migration)
  const run = () => {
    const found = nurtured.runs.items.get(`${leadId} interest`)
    if (!found) throw new Error('no run')
    return found
  }
  return { ...nurtured, ports, steering, nurture, drain, until, migrate, undo, run }
}

const moved = { playbookVersion: 'v2', status: { until: '2026-02-04T09:00:01.000Z' } }
const stayed = { playbookVersion: 'v1', status: { type: 'waiting', until: '2026-01-08T09:00:01.000Z' } }

describe('a migration', () => {
  test('moves a run, and back; its late second sweep does not move it again', async () => {
    const { migrate, undo, drain, until, run } = await world()
    const migration = await migrate()
    await drain()
    expect(run()).toMatchObject(moved)
    expect(await undo(migration)).toMatchObject({ type: 'accepted' })
    await drain()
    expect(run()).toMatchObject(stayed)
    await until('2026-01-05T09:10:00.000Z')
    expect(run()).toMatchObject(stayed)
  })

  test('leaves runs alone that a later one has moved since', async () => {
    const { migrate, drain, until, run, steering, told } = await world()
    await migrate()
    const late = [...told]
    await drain()
    const back = { ...steering, playbooks: memoryPlaybooks(playbook, other), newId: () => 'later' }
    expect(await makeMigrate(back)('interest')).toMatchObject({ type: 'accepted' })
    await drain()
    expect(run()).toMatchObject(stayed)
    told.push(...late)
    await until('2026-01-05T09:10:00.000Z')
    expect(run()).toMatchObject(stayed)
  })

  test('that nobody asked for, or of another sequence, cannot be undone; one that is undone can again', async () => {
    const { migrate, undo, drain } = await world()
    const migration = await migrate()
    await drain()
    expect(await undo('m9')).toMatchObject({ type: 'not-found' })
    expect(await undo(migration, 'constructor')).toMatchObject({ type: 'not-found' })
    const first = await undo(migration)
    expect(first).toMatchObject({ type: 'accepted' })
    expect(await undo(migration)).toEqual(first)
  })

  test('lets a run that it held on to go when its sequence was resumed meanwhile', async () => {
    const { migrate, undo, drain, until, run, sequences, emails } = await world()
    await sequences.commit('interest', { paused: { since: start }, version: 0 })
    await until('2026-01-08T10:00:00.000Z')
    expect(run().status.type).toBe('held')
    const migration = await migrate()
    await drain()
    const { paused: _, ...state } = await sequences.load('interest')
    const resumed = { at: '2026-01-08T10:00:00.000Z', pausedAt: start, due: 'shift' } as const
    await sequences.commit('interest', { ...state, resumed })
    await undo(migration)
    await drain()
    expect(run()).toMatchObject({ playbookVersion: 'v1', status: { type: 'waiting' } })
    await until('2026-01-20T00:00:00.000Z')
    expect(emails()).toEqual(['welcome', 'reminder'])
  })
})

describe('an undone migration stays undone', () => {
  test('in any order of messages, however often they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(99), { maxLength: 60 }), fc.nat(6), async (choices, undoAfter) => {
        const { migrate, undo, until, run, nurture, told, timers, emails, times } = await world()
        const migration = await migrate()
        const seen: JsonObject[] = []
        for (const [index, choice] of choices.entries()) {
          if (index === undoAfter) await undo(migration)
          for (const message of told.splice(0)) seen.push(message)
          for (const { at, message } of timers.items.values())
            if (at < '2026-01-05T10:00:00.000Z') seen.push(message)
          const message = seen[choice % seen.length]
          if (message) await nurture(message)
        }
        if (choices.length <= undoAfter) await undo(migration)
        for (const message of seen) await nurture(message)
        await until('2026-01-06T09:00:00.000Z')
        expect(run()).toMatchObject(stayed)
        await until('2026-03-01T09:00:00.000Z')
        expect(emails()).toEqual(['welcome', 'reminder'])
        expect(times.now).toBe('2026-03-01T09:00:00.000Z')
      }),
      { numRuns: runs(150) },
    )
  })

  test('when it comes between the moment at which a run is judged and the one at which it moves', async () => {
    const { migrate, undo, until, run, ports, told } = await world()
    const migration = await migrate()
    await makeNurtureLead(ports)(told.shift())
    const [, message] = told.splice(0)
    let undone = false
    const meanwhile = makeNurtureLead({
      ...ports,
      runs: {
        ...ports.runs,
        commit: async (next) => {
          if (!undone) {
            undone = true
            await undo(migration)
            // Its sweep passes before the run moves.
            for (const work of told.splice(0)) await makeNurtureLead(ports)(work)
          }
          return ports.runs.commit(next)
        },
      },
    })
    expect(message).toMatchObject({ type: 'run' })
    await meanwhile(message)
    expect(run()).toMatchObject(stayed)
    await until('2026-01-06T09:00:00.000Z')
    expect(run()).toMatchObject(stayed)
  })

  test('wherever the process dies', async () => {
    for (const done of [false, true])
      for (let call = 0; call < 16; call += 1) {
        const { migrate, undo, until, run, ports, drain, told, nurture } = await world()
        const migration = await migrate()
        const wrap = crashAt({ call, done })
        const dying = makeNurtureLead({
          ...ports,
          runs: wrap(ports.runs),
          timers: wrap(ports.timers),
          sequences: wrap(ports.sequences),
          bus: wrap(ports.bus),
        })
        const sweep = told.splice(0)
        for (const message of sweep) await nurture(message)
        const work = told.splice(0)
        await undo(migration)
        for (const message of [...told.splice(0), ...work])
          await dying(message).catch(async (error: unknown) => {
            expect(error).toBeInstanceOf(Crash)
            await nurture(message)
          })
        await drain()
        await until('2026-01-06T09:00:00.000Z')
        expect(run()).toMatchObject(stayed)
      }
  })
})
