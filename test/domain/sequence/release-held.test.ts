import { describe, expect, test } from 'vitest'
import { enterSequence } from '../../../domain/sequence/enter-sequence.ts'
import { type HeldRun, isDue, isHeld, releaseHeld, resumeRun } from '../../../domain/sequence/resume-run.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import { askOf, reached, sequence, waitingRun } from './sample-run.ts'

const due = '2026-01-08T09:00:01.000Z'
const waiting: Run = waitingRun({ type: 'waiting', until: due })

const hold = (): HeldRun => {
  const held = resumeRun(waiting, { sequence, lead: askOf(), now: due, paused: true })
  if (!isHeld(held)) throw new Error(held.status.type)
  return held
}
const pause = { pausedAt: '2026-01-07T09:00:00.000Z', at: '2026-01-09T09:00:00.000Z' }
const now = '2026-01-09T09:00:03.000Z'
const emails = (run: Run) =>
  run.outbox
    .filter((one) => one.type === 'EmailRequested')
    .filter(({ data }) => data.skipped === undefined)
    .map(({ data }) => data.email)
/** Emails that are accounted for, and not sent. */
const skipped = (run: Run) =>
  run.outbox
    .filter((one) => one.type === 'EmailRequested')
    .filter(({ data }) => data.skipped !== undefined)
    .map(({ data }) => [data.email, data.skipped])

describe('a run whose sequence is paused', () => {
  test('is held where its wait ends, and asks for nothing', () => {
    expect(hold()).toEqual({ ...waiting, status: { type: 'held', due, next: 2 } })
  })

  test('ends where its goal or exit holds', () => {
    const ended = resumeRun(waiting, {
      sequence,
      lead: askOf('stageAtLeast("intent")'),
      now: due,
      paused: true,
    })
    expect(ended.status.type).toBe('exited')
  })

  test('is held before its first step', () => {
    const german = askOf('lead.language == "de"')
    const entry = enterSequence(reached, 'p1', undefined, { sequence, lead: german, now: due, paused: true })
    expect(entry).toMatchObject({ type: 'entered', run: { step: 0, status: { type: 'held', due, next: 0 } } })
  })
})

describe('once it is resumed', () => {
  test('send: goes on at once', () => {
    const run = releaseHeld(hold(), { sequence, lead: askOf(), now }, { ...pause, due: 'send' })
    expect(emails(run)).toEqual(['reminder'])
    expect(run.status).toEqual({ type: 'waiting', until: '2026-01-10T09:00:03.000Z' })
  })

  test('send: but not what is stale by then', () => {
    const late = '2026-01-11T09:00:02.000Z'
    const run = releaseHeld(hold(), { sequence, lead: askOf(), now: late }, { ...pause, due: 'send' })
    expect(emails(run)).toEqual([])
    expect(skipped(run)).toEqual([['reminder', 'stale']])
    const short = releaseHeld(
      hold(),
      { sequence: { ...sequence, stale: 1000 }, lead: askOf(), now },
      { ...pause, due: 'send' },
    )
    expect(emails(short)).toEqual([])
  })

  test('skip: leaves its emails out up to the next wait', () => {
    const run = releaseHeld(hold(), { sequence, lead: askOf(), now }, { ...pause, due: 'skip' })
    expect(emails(run)).toEqual([])
    expect(skipped(run)).toEqual([['reminder', 'skipped-paused']])
    expect(run.status).toEqual({ type: 'waiting', until: '2026-01-10T09:00:03.000Z' })
    const next = resumeRun(
      { ...run, outbox: [] },
      { sequence, lead: askOf(), now: '2026-01-10T09:00:03.000Z' },
    )
    expect(emails(next)).toEqual(['last'])
  })

  test('shift: falls due later by as long as the pause was', () => {
    const run = releaseHeld(hold(), { sequence, lead: askOf(), now }, { ...pause, due: 'shift' })
    expect(emails(run)).toEqual([])
    const until = '2026-01-10T09:00:01.000Z'
    expect(run).toMatchObject({ step: 1, status: { type: 'waiting', until, renewed: true } })
    const tick = { runId: run.runId, step: 1 }
    expect([isDue(run, tick, due), isDue(run, tick, until)]).toEqual([false, true])
    expect(emails(resumeRun({ ...run, outbox: [] }, { sequence, lead: askOf(), now: until }))).toEqual([
      'reminder',
    ])
  })

  test('shift: goes on at once where that moment has passed as well', () => {
    const late = '2026-03-01T09:00:00.000Z'
    expect(
      emails(releaseHeld(hold(), { sequence, lead: askOf(), now: late }, { ...pause, due: 'shift' })),
    ).toEqual(['reminder'])
  })

  test('not where goal or exit hold by then', () => {
    const lead = askOf('did("demo.requested")')
    expect(releaseHeld(hold(), { sequence, lead, now }, { ...pause, due: 'send' }).status.type).toBe('goal')
  })
})
