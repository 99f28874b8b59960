import { describe, expect, test } from 'vitest'
import type { Json } from '../../../domain/model/json.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { timerOf } from '../../../domain/sequence/advance.ts'
import { enterSequence } from '../../../domain/sequence/enter-sequence.ts'
import { planMove } from '../../../domain/sequence/migrate-run.ts'
import {
  type HeldRun,
  isDue,
  isHeld,
  lookAtDate,
  mayMoveDate,
  releaseHeld,
  resumeRun,
} from '../../../domain/sequence/resume-run.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import type { LeadContext } from '../../../domain/step/step-kind.ts'
import { dataOf } from '../support/decided-data.ts'
import { parseSteps } from './raw-steps.ts'
import { reached } from './sample-run.ts'

const renewal: Sequence = {
  id: 'renewal',
  version: '1',
  enter: { activity: 'deal.won' },
  reenter: 'always',
  goal: 'renewed',
  program: [
    { type: 'email', email: 'thanks' },
    { type: 'wait-date', attribute: 'renewsAt', days: -60, time: '09:00' },
    { type: 'email', email: 'renewal' },
    { type: 'wait-date', attribute: 'renewsAt', days: -45, time: '09:00' },
    { type: 'email', email: 'last-call' },
  ],
}
const lead = (renewsAt: Json | undefined, ...holding: readonly string[]): LeadContext => ({
  holds: (condition) => holding.includes(condition),
  holdsInCycle: (condition) => holding.includes(condition),
  attribute: (name) => (name === 'renewsAt' ? renewsAt : undefined),
  timeZone: 'Europe/Berlin',
})

const enter = (renewsAt: Json | undefined, now = reached.fact.occurredAt): Run => {
  const entry = enterSequence({ ...reached, fact: { id: 'won', occurredAt: now } }, 'p1', undefined, {
    sequence: renewal,
    lead: lead(renewsAt),
    now,
  })
  if (entry.type !== 'entered') throw new Error(entry.because)
  return entry.run
}
const done = (run: Run): Run => ({ ...run, outbox: [] })
const emails = (run: Run) =>
  run.outbox.flatMap(({ type, data }) => (type === 'EmailRequested' && !data.skipped ? [data.email] : []))
const skipped = (run: Run) =>
  run.outbox.flatMap(({ type, data }) => (type === 'EmailRequested' && data.skipped ? [data.email] : []))
const told = (run: Run) =>
  run.outbox.map((one) => [one.id.replace(/.*:interest:1:|.*:renewal:1:/, ''), dataOf(one).until])

/** 60 days before 30 June 2026, 9:00 in Berlin. */
const first = '2026-05-01T07:00:00.000Z'
const by = 'd'

test('as an author words it, it is laid flat', () => {
  expect(
    parseSteps([
      { wait: { date: 'renewsAt', before: '60d', at: '08:30' } },
      { wait: { date: 'renewsAt', after: '7d' } },
      { wait: { date: 'renewsAt' } },
    ]),
  ).toEqual([
    { type: 'wait-date', attribute: 'renewsAt', days: -60, time: '08:30' },
    { type: 'wait-date', attribute: 'renewsAt', days: 7, time: '09:00' },
    { type: 'wait-date', attribute: 'renewsAt', days: 0, time: '09:00' },
  ])
})

describe('a run that comes to a wait for a date', () => {
  test('waits until so long before it', () => {
    const run = enter('2026-06-30')
    expect(run).toMatchObject({ step: 1, status: { type: 'waiting', until: first, date: 'renewsAt' } })
    expect(timerOf(run)).toMatchObject({ at: first })
    const woken = resumeRun(done(run), { sequence: renewal, lead: lead('2026-06-30'), now: first })
    expect(emails(woken)).toEqual(['renewal'])
    expect(woken.status).toMatchObject({ until: '2026-05-16T07:00:00.000Z' })
  })

  test.each([undefined, null, '', 'next year', 5, '2026-02-30'])(
    'and has %j in its place leaves, and says so; what it sent before was meant',
    (value) => {
      const run = enter(value)
      expect(run.status).toMatchObject({ type: 'exited', because: 'no-date', byStep: true })
      expect(emails(run)).toEqual(['thanks'])
      expect(run.outbox.at(-1)).toMatchObject({
        type: 'SequenceExited',
        data: { outcome: 'exit', reason: 'no-date' },
      })
    },
  )

  test('that has just passed goes on at once', () => {
    const run = enter('2026-06-30', '2026-05-03T07:00:00.000Z')
    expect([emails(run), skipped(run)]).toEqual([['thanks', 'renewal'], []])
    expect(run.step).toBe(3)
  })

  test('that passed long ago leaves out what was due then, and no more', () => {
    const run = enter('2026-06-30', '2026-05-05T07:00:00.000Z')
    expect([emails(run), skipped(run)]).toEqual([['thanks'], ['renewal']])
    expect(run).toMatchObject({ step: 3, status: { until: '2026-05-16T07:00:00.000Z' } })
    const gone = enter('2020-01-01')
    expect([emails(gone), gone.status.type]).toEqual([['thanks'], 'completed'])
  })

  test('further away than alarms are set looks at it anew by then', () => {
    const run = enter('2050-06-30')
    const until = run.status.type === 'waiting' ? run.status.until : ''
    expect(until.slice(0, 4)).toBe('2036')
    expect(
      lookAtDate(
        done(run),
        { sequence: renewal, lead: lead('2050-06-30'), now: '2027-01-01T00:00:00.000Z' },
        by,
      ),
    ).toEqual(done(run))
    const woken = resumeRun(done(run), { sequence: renewal, lead: lead('2050-06-30'), now: until })
    expect(woken).toMatchObject({ step: 1, status: { type: 'waiting' } })
    expect(emails(woken)).toEqual([])
  })
})

describe('when the wait is over, the date is looked at anew', () => {
  test('moved to later: it waits again, by an alarm of its own', () => {
    const run = done(enter('2026-06-30'))
    const woken = resumeRun(run, { sequence: renewal, lead: lead('2027-06-30'), now: first })
    const until = '2027-05-01T07:00:00.000Z'
    expect(woken).toMatchObject({ step: 1, status: { type: 'waiting', until, renewed: true } })
    expect(emails(woken)).toEqual([])
    expect(told(woken)).toEqual([[`1:moved:${until}`, until]])
    expect(timerOf(woken)?.name).not.toBe(timerOf(run)?.name)
    const tick = { runId: woken.runId, step: 1 }
    expect([isDue(woken, tick, first), isDue(woken, tick, until)]).toEqual([false, true])
    expect(resumeRun(run, { sequence: renewal, lead: lead('2027-06-30'), now: first })).toEqual(woken)
  })

  test('gone: it leaves', () => {
    expect(
      resumeRun(done(enter('2026-06-30')), { sequence: renewal, lead: lead(''), now: first }).status,
    ).toMatchObject({
      type: 'exited',
      because: 'no-date',
    })
  })

  test('moved to long ago, and nobody noticed: what was due then is left out', () => {
    const woken = resumeRun(done(enter('2026-06-30')), {
      sequence: renewal,
      lead: lead('2026-05-01'),
      now: first,
    })
    expect([emails(woken), skipped(woken)]).toEqual([[], ['renewal', 'last-call']])
  })

  test('but a goal that is reached comes first', () => {
    const woken = resumeRun(done(enter('2026-06-30')), {
      sequence: renewal,
      lead: lead('2027-06-30', 'renewed'),
      now: first,
    })
    expect(woken.status.type).toBe('goal')
  })
})

describe('an activity that may move the date', () => {
  const run = done(enter('2026-06-30'))
  const now = '2026-04-01T10:00:00.000Z'
  const look = (renewsAt: Json, at = now) =>
    lookAtDate(run, { sequence: renewal, lead: lead(renewsAt), now: at }, by)

  test('is one that attributes come from, for a run that waits for a date', () => {
    expect([mayMoveDate(run, 'deal.won'), mayMoveDate(run, 'page.viewed')]).toEqual([true, false])
    const plain: Run = { ...run, status: { type: 'waiting', until: first } }
    expect(mayMoveDate(plain, 'deal.won')).toBe(false)
  })

  test('and leaves it where it is changes nothing', () => {
    expect(look('2026-06-30')).toBe(run)
  })

  test.each([
    ['later', '2026-07-31', '2026-06-01T07:00:00.000Z'],
    ['earlier', '2026-06-10', '2026-04-11T07:00:00.000Z'],
  ])('to %s: the run waits until then, and its first alarm is one that it left', (_name, date, until) => {
    const moved = look(date)
    expect(moved.status).toEqual({ type: 'waiting', until, date: 'renewsAt', renewed: true })
    expect(moved.leftAlarms).toEqual([timerOf(run)?.name])
  })

  test('to so early that the wait is over: the run goes on, without what would be stale', () => {
    expect(emails(look('2026-05-30'))).toEqual(['renewal'])
    const late = look('2026-05-20')
    expect([emails(late), skipped(late), late.step]).toEqual([[], ['renewal'], 3])
  })

  test('takes it away: the run leaves at once', () => {
    expect(look('').status).toMatchObject({ type: 'exited', because: 'no-date' })
  })
})

describe('a sequence that is paused when the date comes', () => {
  const hold = (): HeldRun => {
    const held = resumeRun(done(enter('2026-06-30')), {
      sequence: renewal,
      lead: lead('2026-06-30'),
      now: first,
      paused: true,
    })
    if (!isHeld(held)) throw new Error(held.status.type)
    return held
  }
  const resumed = { pausedAt: first, at: '2026-05-02T07:00:00.000Z', due: 'send' } as const

  test('holds the run, and sends once resumed', () => {
    expect(
      emails(releaseHeld(hold(), { sequence: renewal, lead: lead('2026-06-30'), now: resumed.at }, resumed)),
    ).toEqual(['renewal'])
  })

  test('lets it wait on where the date was moved meanwhile', () => {
    const released = releaseHeld(
      hold(),
      { sequence: renewal, lead: lead('2027-06-30'), now: resumed.at },
      resumed,
    )
    expect([emails(released), released.step]).toEqual([[], 1])
    expect(released.status).toMatchObject({ type: 'waiting', until: '2027-05-01T07:00:00.000Z' })
  })
})

test('a run that moves to a version with another distance waits by that', () => {
  const program = renewal.program.map((step) =>
    step.type === 'wait-date' && step.days === -60 ? { ...step, days: -30 } : step,
  )
  const move = planMove(done(enter('2026-06-30')), renewal, { ...renewal, version: '2', program })
  expect(move).toMatchObject({
    type: 'moves',
    step: 1,
    status: { type: 'waiting', until: '2026-05-31T07:00:00.000Z', date: 'renewsAt' },
  })
})
