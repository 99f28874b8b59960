import { describe, expect, test } from 'vitest'
import type { Step } from '../../../domain/model/sequence.ts'
import { comingNext, wordPlace } from '../../../domain/sequence/place.ts'
import type { RunStatus } from '../../../domain/sequence/run.ts'
import { splitWay } from '../../../domain/step/split.ts'
import { kindOf } from '../../../domain/step/step-kinds.ts'
import { day, leadId } from './sample-run.ts'

const runId = `${leadId}:interest:1`
const at = '2026-01-08T09:00:00.000Z'

describe('a step in words', () => {
  test.each<[Step, string]>([
    [{ type: 'email', email: 'welcome' }, 'sends the email "welcome"'],
    [{ type: 'wait', for: day }, 'waits 1 day'],
    [{ type: 'wait', for: 90 * 60_000 }, 'waits 90 minutes'],
    [{ type: 'wait', for: 36 * 3_600_000 }, 'waits 36 hours'],
    [{ type: 'wait-until', time: '10:00' }, 'waits until 10:00'],
    [{ type: 'wait-until', weekday: 'tuesday', time: '10:00' }, 'waits until tuesday 10:00'],
    [
      { type: 'wait-for', activity: 'demo.requested', timeout: 7 * day },
      'waits for demo.requested, at most 7 days',
    ],
    [
      { type: 'wait-date', attribute: 'renewsAt', days: -60, time: '09:00' },
      'waits until 60 days before renewsAt, 09:00',
    ],
    [{ type: 'wait-date', attribute: 'renewsAt', days: 0, time: '09:00' }, 'waits until renewsAt, 09:00'],
    [{ type: 'branch', if: 'clicked("a")', otherwise: 2 }, 'decides by clicked("a")'],
    [{ type: 'split', name: 'subject', ways: [] }, 'splits: subject'],
    [{ type: 'set', attributes: { segment: 'a', tier: 1 } }, 'sets segment, tier'],
    [{ type: 'notify', team: 'dach', message: 'call' }, 'notifies the team "dach": call'],
    [{ type: 'exit', because: 'never came' }, 'ends: never came'],
    [{ type: 'exit' }, 'ends'],
    [{ type: 'enter', sequence: 'thanks' }, 'enters the sequence "thanks"'],
    [{ type: 'jump', goto: 3 }, 'goes on'],
  ])('%o', (step, words) => {
    expect(kindOf(step).words(step)).toBe(words)
  })
})

const program: readonly Step[] = [
  { type: 'email', email: 'welcome' },
  { type: 'wait', for: 3 * day },
  { type: 'set', attributes: { segment: 'a' } },
  { type: 'branch', if: 'clicked("welcome")', otherwise: 6 },
  { type: 'email', email: 'study' },
  { type: 'jump', goto: 7 },
  { type: 'email', email: 'reminder' },
  { type: 'notify', team: 'dach', message: 'call' },
]

describe('where a run stands', () => {
  test.each<[number, RunStatus, string]>([
    [1, { type: 'waiting', until: at }, 'waits 3 days'],
    [-1, { type: 'waiting', until: at }, 'waits before its first step'],
    [
      0,
      { type: 'held', due: at, next: 0 },
      'is held while its sequence is paused; then it sends the email "welcome"',
    ],
    [
      3,
      { type: 'held', due: at, next: 4, salesSince: at },
      'is held while sales has the lead; then it sends the email "study"',
    ],
    [
      7,
      { type: 'held', due: at, next: 8 },
      'is held while its sequence is paused; then it continues to the end',
    ],
    [8, { type: 'completed', at }, 'has come to the end'],
    [1, { type: 'goal', at }, 'has reached the goal'],
    [1, { type: 'exited', at, because: 'exit' }, 'has left'],
  ])('at %i, %o', (step, status, words) => {
    expect(wordPlace({ step, status }, program)).toBe(words)
  })
})

describe('what comes next', () => {
  test('is both ways of a condition, past what nobody notices', () => {
    expect(comingNext(runId, program, 1)).toEqual({
      words: 'where clicked("welcome"): sends the email "study"; else: sends the email "reminder"',
      emails: ['study', 'reminder'],
    })
  })

  test('is an email, something else, or the end', () => {
    expect(comingNext(runId, program, 0).emails).toEqual(['welcome'])
    expect(comingNext(runId, program, 5)).toEqual({ words: 'notifies the team "dach": call', emails: [] })
    expect(comingNext(runId, program, 8)).toEqual({ words: 'continues to the end', emails: [] })
  })

  test('is the way of a split that this run takes', () => {
    const ways = [
      { id: 'a', goto: 1 },
      { id: 'b', goto: 2 },
    ]
    const split: readonly Step[] = [
      { type: 'split', name: 'offer', ways },
      { type: 'email', email: 'a' },
      { type: 'email', email: 'b' },
    ]
    const emails = Array.from({ length: 20 }, (_, run) => comingNext(`run:${run}`, split, 0).emails)
    expect(emails).toEqual(
      Array.from({ length: 20 }, (_, run) => [['a', 'b'][splitWay(`run:${run}`, 'offer', [{}, {}])]]),
    )
    expect(new Set(emails.flat())).toEqual(new Set(['a', 'b']))
  })

  test('names conditions that are further away, and no more', () => {
    const nested: readonly Step[] = Array.from({ length: 4 }, (_, index) => ({
      type: 'branch',
      if: `c${index}`,
      otherwise: 4,
    }))
    expect(comingNext(runId, nested, 0).words).toBe(
      'where c0: where c1: decides by c2; else: continues to the end; else: continues to the end',
    )
  })
})
