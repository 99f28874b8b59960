import { describe, expect, test } from 'vitest'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { profileChangesOf, timerOf } from '../../../domain/sequence/advance.ts'
import { isDue, resumeRun } from '../../../domain/sequence/resume-run.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import { dataOf } from '../support/decided-data.ts'
import { deepFreeze } from '../support/deep-freeze.ts'
import { askOf, leadId, sequence, waitingRun } from './sample-run.ts'

const now = '2026-01-08T09:00:02.000Z'

const waiting: Run = deepFreeze(waitingRun({ type: 'waiting', until: '2026-01-08T09:00:01.000Z' }))

const emails = (run: Run) =>
  run.outbox.filter((one) => one.type === 'EmailRequested').map(({ data }) => data.email)

describe('a wait is over', () => {
  test('the branch taken is the one that holds now', () => {
    expect(emails(resumeRun(waiting, { sequence, lead: askOf('clicked("welcome")'), now }))).toEqual([
      'case-study',
    ])
    expect(emails(resumeRun(waiting, { sequence, lead: askOf(), now }))).toEqual(['reminder'])
  })

  test('an email after it is looked at again when it is sent', () => {
    const woken = resumeRun(waiting, { sequence, lead: askOf(), now })
    expect(woken).toMatchObject({ step: 6, status: { type: 'waiting', until: '2026-01-09T09:00:02.000Z' } })
    expect(woken.outbox.find(({ type }) => type === 'EmailRequested')?.data).toMatchObject({
      sendId: 'lead-0001:interest:1:5',
      run: { step: 5, afterWait: true },
    })
  })

  test('the exit ends it', () => {
    const woken = resumeRun(waiting, { sequence, lead: askOf('stageAtLeast("intent")'), now })
    expect(woken.status).toEqual({ type: 'exited', at: now, because: 'stageAtLeast("intent")' })
    expect(woken.outbox.map((one) => [one.type, dataOf(one).outcome])).toEqual([['SequenceExited', 'exit']])
  })

  test('the goal ends it, and counts even where the exit holds too', () => {
    const woken = resumeRun(waiting, {
      sequence,
      lead: askOf('did("demo.requested")', 'stageAtLeast("intent")'),
      now,
    })
    expect(woken.status).toEqual({ type: 'goal', at: now })
    expect(woken.outbox.map((one) => dataOf(one).outcome)).toEqual(['goal'])
  })

  test('the last one leads to the end', () => {
    const woken = resumeRun({ ...waiting, step: 6 }, { sequence, lead: askOf(), now })
    expect(woken.status).toEqual({ type: 'completed', at: now })
    expect(emails(woken)).toEqual(['last'])
  })

  test('by an alarm that is a part of a second early: the next wait is counted from when it should be', () => {
    const woken = resumeRun(waiting, { sequence, lead: askOf(), now: '2026-01-08T09:00:00.250Z' })
    expect(woken.status).toEqual({ type: 'waiting', until: '2026-01-09T09:00:01.000Z' })
  })

  test('until a local moment', () => {
    const until: Sequence = {
      ...sequence,
      program: [
        { type: 'wait', for: 1 },
        { type: 'wait-until', weekday: 'tuesday', time: '10:00' },
      ],
    }
    const woken = resumeRun({ ...waiting, step: 0 }, { sequence: until, lead: askOf(), now })
    expect(woken.status).toEqual({ type: 'waiting', until: '2026-01-13T09:00:00.000Z' })
  })

  test('what is set becomes a change of profile, the same each time', () => {
    const setting: Sequence = {
      ...sequence,
      program: [
        { type: 'wait', for: 1 },
        { type: 'set', attributes: { segment: 'nurtured' } },
      ],
    }
    const woken = resumeRun({ ...waiting, step: 0 }, { sequence: setting, lead: askOf(), now })
    expect(profileChangesOf(woken, setting)).toEqual([
      {
        id: 'lead-0001:interest:1:1:reached:set',
        type: 'profile.updated',
        subject: { leadId },
        occurredAt: now,
        properties: { fields: { segment: 'nurtured' } },
        timeAssumed: false,
      },
    ])
  })

  test('a program that leads backwards is a defect', () => {
    const loop: Sequence = {
      ...sequence,
      program: [
        { type: 'wait', for: 1 },
        { type: 'jump', goto: 0 },
      ],
    }
    expect(() => resumeRun({ ...waiting, step: 0 }, { sequence: loop, lead: askOf(), now })).toThrow(
      'step 1 leads to 0',
    )
  })
})

describe('an alarm', () => {
  test('is named after its wait and says where it belongs', () => {
    expect(timerOf(waiting)).toEqual({
      name: 'lead-0001:interest:1:1',
      at: '2026-01-08T09:00:01.000Z',
      message: { type: 'tick', leadId, sequence: 'interest', runId: 'lead-0001:interest:1', step: 1 },
    })
  })

  test.each([
    ['where the run still waits', waiting, true],
    ['of an earlier wait', { ...waiting, step: 6 }, false],
    ['of an earlier run', { ...waiting, runId: 'lead-0001:interest:2' }, false],
    ['of a run that has ended', { ...waiting, status: { type: 'completed', at: now } }, false],
  ] as const)('%s: due is %s', (_name, run, due) => {
    expect(isDue(run, { runId: 'lead-0001:interest:1', step: 1 }, now)).toBe(due)
  })
})
