import { describe, expect, test } from 'vitest'
import type { Sequence, Step } from '../../../domain/model/sequence.ts'
import { timerNamesOf, timerOf } from '../../../domain/sequence/advance.ts'
import { enterSequence } from '../../../domain/sequence/enter-sequence.ts'
import { isAwaited, resumeRun } from '../../../domain/sequence/resume-run.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import { dataOf } from '../support/decided-data.ts'
import { askOf, day, reached } from './sample-run.ts'

const now = '2026-01-05T09:00:01.000Z'
const of = (...program: readonly Step[]): Sequence => ({
  id: 'interest',
  version: '1',
  enter: { stage: 'interest' },
  reenter: 'never',
  program,
})
const enter = (...program: readonly Step[]): Run => {
  const entry = enterSequence(reached, 'p1', undefined, { sequence: of(...program), lead: askOf(), now })
  if (entry.type !== 'entered') throw new Error(entry.because)
  return entry.run
}
const data = (run: Run, type: string) => run.outbox.filter((one) => one.type === type).map(dataOf)

test('a notice asks for an email to the team, by its step', () => {
  const [request] = data(enter({ type: 'notify', team: 'dach', message: 'ready' }), 'EmailRequested')
  expect(request).toMatchObject({ email: 'notify', recipient: 'owner', run: { step: 0 } })
  expect(JSON.stringify(request)).not.toContain('ready')
})

test('an exit ends the run with its reason', () => {
  const run = enter({ type: 'exit', because: 'not for us' }, { type: 'email', email: 'late' })
  expect(run.status).toEqual({ type: 'exited', at: now, because: 'not for us', byStep: true })
  expect(data(run, 'SequenceExited')).toMatchObject([{ outcome: 'exit', reason: 'not for us' }])
  expect(data(run, 'EmailRequested')).toEqual([])
})

test('leading to another sequence tells which, and goes on', () => {
  const run = enter({ type: 'enter', sequence: 'thanks' })
  expect(run.outbox.find(({ type }) => type === 'SequenceTriggered')).toMatchObject({
    id: 'lead-0001:interest:1:0:enter',
    data: { sequence: 'thanks', because: { runId: run.runId, step: 0 }, factOccurredAt: now },
  })
  expect(run.status.type).toBe('completed')
})

test('the way taken at a split is kept', () => {
  const ways = [
    { id: 'a', goto: 1 },
    { id: 'b', goto: 1 },
  ]
  const run = enter({ type: 'split', name: 'test', ways }, { type: 'wait', for: day })
  expect(['a', 'b']).toContain(run.ways?.test)
})

describe('a wait for an activity', () => {
  const program: readonly Step[] = [
    { type: 'wait-for', activity: 'demo.requested', timeout: 7 * day },
    { type: 'email', email: 'after' },
  ]
  const run = enter(...program)

  test('has an end', () => {
    const until = '2026-01-12T09:00:01.000Z'
    expect(run.status).toEqual({ type: 'waiting', until, for: 'demo.requested', since: now })
  })

  test.each([
    ['demo.requested', '2026-01-06T09:00:00.000Z', true],
    ['quote.requested', '2026-01-06T09:00:00.000Z', false],
    ['demo.requested', now, false],
    ['demo.requested', '2026-01-12T09:00:01.001Z', false],
  ])('%s at %s ends it: %s', (type, occurredAt, awaited) => {
    expect(isAwaited(run, { type, occurredAt })).toBe(awaited)
  })

  test('ended by it, the next step is due then', () => {
    const at = '2026-01-06T09:00:00.000Z'
    const woken = resumeRun({ ...run, outbox: [] }, { sequence: of(...program), lead: askOf(), now: at }, 'd')
    expect(data(woken, 'EmailRequested')).toMatchObject([{ email: 'after' }])
    expect(woken.status).toEqual({ type: 'completed', at })
    expect(woken.outbox[0]?.causationId).toBe('d')
    expect(timerNamesOf(woken)).toEqual([timerOf(run)?.name])
  })
})

describe('an email that is late', () => {
  const program: readonly Step[] = [
    { type: 'wait', for: day },
    { type: 'email', email: 'news' },
  ]
  const run = { ...enter(...program), outbox: [] }
  const emailsAt = (at: string, stale?: number) => {
    const sequence = { ...of(...program), ...(stale === undefined ? {} : { stale }) }
    return data(resumeRun(run, { sequence, lead: askOf(), now: at }), 'EmailRequested').map(
      ({ email, skipped }) => skipped ?? email,
    )
  }

  test('by three days goes out; by more it does not', () => {
    expect(emailsAt('2026-01-09T09:00:01.000Z')).toEqual(['news'])
    expect(emailsAt('2026-01-09T09:00:01.001Z')).toEqual(['stale'])
  })

  test('by more than the sequence allows does not', () => {
    expect(emailsAt('2026-01-06T10:00:01.001Z', 3_600_000)).toEqual(['stale'])
    expect(emailsAt('2026-01-06T10:00:01.000Z', 3_600_000)).toEqual(['news'])
  })
})
