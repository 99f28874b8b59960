import { describe, expect, test } from 'vitest'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { enterSequence } from '../../../domain/sequence/enter-sequence.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import { askOf, day, leadId, reached, sequence } from './sample-run.ts'

const now = '2026-01-05T09:00:01.000Z'
const german = askOf('lead.language == "de"')

const ended: Run = {
  runId: 'lead-0001:interest:1',
  leadId,
  sequence: 'interest',
  playbookVersion: 'p0',
  entryId: 'lead-0001:stage:interest:0',
  enteredAt: '2026-01-01T00:00:00.000Z',
  step: 8,
  status: { type: 'completed', at: '2026-01-04T00:00:00.000Z' },
  version: 7,
  outbox: [],
}

describe('a lead that reaches the stage', () => {
  test('enters, is sent what comes before the first wait, and waits', () => {
    const entry = enterSequence(reached, 'p1', undefined, { sequence, lead: german, now })
    if (entry.type !== 'entered') throw new Error(entry.because)
    const { outbox, ...run } = entry.run
    expect(run).toEqual({
      runId: 'lead-0001:interest:1',
      leadId,
      sequence: 'interest',
      playbookVersion: 'p1',
      entryId: reached.decisionId,
      enteredAt: now,
      step: 1,
      status: { type: 'waiting', until: '2026-01-08T09:00:01.000Z' },
      version: 0,
    })
    expect(outbox.map(({ id, type }) => [type, id])).toEqual([
      ['SequenceEntered', 'lead-0001:interest:1:entered'],
      ['SequenceStepReached', 'lead-0001:interest:1:0:reached'],
      ['EmailRequested', 'lead-0001:interest:1:0:email'],
      ['SequenceStepReached', 'lead-0001:interest:1:1:reached'],
    ])
    expect(outbox[2]?.data).toEqual({
      leadId,
      sequence: 'interest',
      version: 'p1',
      runId: 'lead-0001:interest:1',
      sendId: 'lead-0001:interest:1:0',
      email: 'welcome',
      recipient: 'lead',
      playbookVersion: 'p1',
      run: { sequence: 'interest', runId: 'lead-0001:interest:1', step: 0, afterWait: false },
    })
    expect(new Set(outbox.map(({ correlationId }) => correlationId))).toEqual(new Set(['fact-1']))
  })

  test('completes at once where nothing waits', () => {
    const short: Sequence = { ...sequence, program: [{ type: 'email', email: 'welcome' }] }
    const entry = enterSequence(reached, 'p1', undefined, { sequence: short, lead: german, now })
    expect(entry).toMatchObject({ type: 'entered', run: { status: { type: 'completed', at: now } } })
    if (entry.type === 'entered')
      expect(entry.run.outbox.at(-1)).toMatchObject({
        type: 'SequenceExited',
        data: { outcome: 'completed' },
      })
  })

  test('enters again under a number of its own, in the item that is there', () => {
    const again: Sequence = { ...sequence, reenter: 4 * day }
    const entry = enterSequence(reached, 'p1', ended, { sequence: again, lead: german, now })
    expect(entry).toMatchObject({ type: 'entered', run: { runId: 'lead-0001:interest:2', version: 7 } })
  })
})

describe('a lead stays out', () => {
  const waiting: Run = { ...ended, status: { type: 'waiting', until: '2026-02-01T00:00:00.000Z' } }
  const always: Sequence = { ...sequence, reenter: 'always' }
  const later = '2026-01-12T09:00:00.001Z'
  const inItself = { ...ended, entryId: reached.decisionId }
  const afterwards = { ...ended, enteredAt: '2026-01-05T09:00:00.000Z' }
  test.each([
    ['not in the audience', sequence, undefined, askOf(), now, 'audience'],
    [
      'the exit holds already',
      sequence,
      undefined,
      askOf('lead.language == "de"', 'stageAtLeast("intent")'),
      now,
      'exit',
    ],
    ['the stage was reached over seven days ago', sequence, undefined, german, later, 'too-late'],
    ['entered by this very decision', always, inItself, german, now, 'known'],
    ['an earlier run still waits', always, waiting, german, now, 'still-running'],
    ['once was enough', sequence, ended, german, now, 'not-again'],
    ['not yet again', { ...sequence, reenter: 30 * day }, ended, german, now, 'not-again'],
    ['the stage was reached before the last entry', always, afterwards, german, now, 'not-again'],
  ] as const)('%s', (_name, given, previous, lead, at, because) => {
    expect(enterSequence(reached, 'p1', previous, { sequence: given, lead, now: at })).toEqual({
      type: 'refused',
      because,
    })
  })

  test('but exactly seven days late is in time', () => {
    const entry = enterSequence(reached, 'p1', undefined, {
      sequence,
      lead: german,
      now: '2026-01-12T09:00:00.000Z',
    })
    expect(entry.type).toBe('entered')
  })
})

describe('an email that the lead has just asked for', () => {
  const guide: Sequence = {
    ...sequence,
    program: [
      { type: 'email', email: 'guide', atOnce: true },
      { type: 'email', email: 'welcome' },
    ],
  }
  const atOnce = (at: string) => {
    const entry = enterSequence(reached, 'p1', undefined, { sequence: guide, lead: german, now: at })
    if (entry.type !== 'entered') throw new Error(entry.because)
    return entry.run.outbox
      .filter((one) => one.type === 'EmailRequested')
      .map(({ data }) => [data.email, data.run?.atOnce])
  }

  test('says so', () => {
    expect(atOnce(now)).toEqual([
      ['guide', true],
      ['welcome', undefined],
    ])
  })

  test('does not where the fact that it began with is told late', () => {
    expect(atOnce('2026-01-05T12:00:00.000Z')[0]).toEqual(['guide', undefined])
  })
})
