import { describe, expect, test } from 'vitest'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { timerOf } from '../../../domain/sequence/advance.ts'
import { migrateRun, moveBack, planMove } from '../../../domain/sequence/migrate-run.ts'
import { isDue, resumeRun } from '../../../domain/sequence/resume-run.ts'
import type { OpenStatus, Run } from '../../../domain/sequence/run.ts'
import { askOf, day, waitingRun } from './sample-run.ts'

const until = '2026-01-08T09:00:01.000Z'
const now = '2026-01-06T09:00:00.000Z'
const of = (version: string, ...program: Sequence['program']): Sequence => ({
  id: 'interest',
  version,
  enter: { stage: 'interest' },
  reenter: 'never',
  program,
})
const before = of(
  '1',
  { type: 'email', email: 'a' },
  { type: 'wait', for: 3 * day },
  { type: 'email', email: 'b' },
)
const after = of(
  '2',
  { type: 'email', email: 'a' },
  { type: 'wait', for: day },
  { type: 'email', email: 'c' },
)

const run = waitingRun<OpenStatus>({ type: 'waiting', until })

const moved = () => {
  const move = planMove(run, before, after)
  if (move.type !== 'moves') throw new Error(move.because)
  return { move, run: migrateRun(run, move, { id: 'm1', to: 'p2' }, now) }
}

describe('a run that moves to another version', () => {
  test('waits there as long as that version says', () => {
    const { move } = moved()
    expect(move.status).toEqual({ type: 'waiting', until: '2026-01-06T09:00:01.000Z', renewed: true })
  })

  test('gets an alarm of its own, and the earlier one does nothing before its time', () => {
    const later = of('3', { type: 'email', email: 'a' }, { type: 'wait', for: 9 * day })
    const move = planMove(run, before, later)
    if (move.type !== 'moves') throw new Error(move.because)
    const next = migrateRun(run, move, { id: 'm1', to: 'p2' }, now)
    expect(timerOf(next)?.name).not.toBe(timerOf(run)?.name)
    expect(isDue(next, { runId: run.runId, step: 1 }, until)).toBe(false)
  })

  test('moves back to where it stood', () => {
    const back = moveBack({ ...moved().run, outbox: [] }, 'm1', now)
    expect(back).toMatchObject({ playbookVersion: 'p1', step: 1, status: { until } })
    expect(back?.migrated).toBeUndefined()
    expect(back?.enteredVersion).toBe('p1')
  })

  test('does not move back by another migration, nor once it has taken a step', () => {
    const { run: there } = moved()
    expect(moveBack(there, 'm2', now)).toBeUndefined()
    const woken = resumeRun(
      { ...there, outbox: [] },
      {
        sequence: { ...after, program: [...after.program, { type: 'wait', for: day }] },
        lead: askOf(),
        now: until,
      },
    )
    expect(woken.status.type).toBe('waiting')
    expect(moveBack(woken, 'm1', now)).toBeUndefined()
  })
})

test.each<[string, Run['status'], Sequence, string]>([
  ['the same sequence in another playbook', run.status, before, 'same'],
  ['one that has ended', { type: 'completed', at: until }, after, 'ended'],
  ['one whose emails are all gone', run.status, of('4', { type: 'email', email: 'x' }), 'no-place'],
])('stays: %s', (_name, status, to, because) => {
  expect(planMove({ ...run, status }, before, to)).toEqual({ type: 'stays', because })
})

test('a run that is held moves as one that is held', () => {
  const held = { type: 'held', due: until, next: 2 } as const
  expect(planMove({ ...run, status: held }, before, after)).toMatchObject({
    step: 1,
    status: { ...held, next: 2 },
  })
  const first = { type: 'held', due: until, next: 0 } as const
  expect(planMove({ ...run, step: 0, status: first }, before, after)).toMatchObject({
    step: -1,
    status: first,
  })
})
