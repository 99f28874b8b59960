import { expect, test } from 'vitest'
import type { JsonObject } from '../../../domain/model/json.ts'
import type { Event } from '../../../domain/rehearsal/journal.ts'
import { wordEntry } from '../../../domain/rehearsal/words.ts'
import { samplePlaybook } from '../../functions/rehearse/sample-playbook.ts'
import { eventSamples } from '../support/event-samples.ts'

const wording = { playbook: samplePlaybook(), timeZone: 'Europe/Berlin' }
const told = (event: Event): string | undefined => {
  const line = wordEntry(event, wording)
  return line && `${line.kind}: ${line.text}`
}
type Sampled = keyof typeof eventSamples
const decided = (decision: Sampled, data: JsonObject) =>
  told({ type: 'decision', decision, data: { leadId: 'lead-0001', ...eventSamples[decision], ...data } })
const step = (number: number, data: JsonObject) => decided('SequenceStepReached', { step: number, ...data })

test('times are those of the zone, clock changes included', () => {
  expect(step(1, { type: 'wait', until: '2026-03-29T00:30:00.000Z' })).toBe(
    'sequence: interest: waits until Sun 2026-03-29 01:30',
  )
  expect(step(1, { type: 'wait', until: '2026-03-29T01:30:00.000Z' })).toBe(
    'sequence: interest: waits until Sun 2026-03-29 03:30',
  )
})

test('a stage says which condition led to it, on one line', () => {
  const because = { activityId: 'x', condition: 'did("a.b")\n  || score >= 3' }
  expect(decided('StageAdvanced', { from: 'interest', to: 'intent', because })).toBe(
    'stage: interest → intent, because did("a.b") || score >= 3',
  )
  const first = { activityId: 'x', condition: null }
  expect(decided('StageAdvanced', { from: null, to: 'awareness', because: first })).toBe('stage: awareness')
})

test.each<[Sampled, JsonObject, string]>([
  ['DealPhaseChanged', { from: null, to: 'lead_qualification' }, 'deal: lead_qualification'],
  [
    'DealPhaseChanged',
    { from: 'negotiation', to: 'proposal', reason: 'scope' },
    'deal: negotiation → proposal, because scope',
  ],
  ['DealWon', { amount: '1234.50', currency: 'EUR' }, 'deal: won, 1234.50 EUR'],
  ['DealWon', {}, 'deal: won'],
  ['DealLost', { reason: 'price' }, 'deal: lost, because price'],
  ['DealOutcomeWithdrawn', { outcome: 'won', phase: null }, 'deal: no longer won'],
])('of a deal: %s %j', (decision, data, text) => {
  expect(decided(decision, data)).toBe(text)
})

test.each<[Sampled, JsonObject, string]>([
  [
    'LeadRecycled',
    { from: 'intent', to: 'interest', reason: 'not-now', because: 'rejected', pausedUntil: null },
    'recycled: intent → interest, because not-now',
  ],
  [
    'LeadRecycled',
    {
      from: 'intent',
      to: 'interest',
      reason: 'price',
      because: 'lost',
      pausedUntil: '2026-04-03T08:00:00.000Z',
    },
    'recycled: intent → interest, because the deal was lost: price, not to sales before Fri 2026-04-03 10:00',
  ],
  ['LeadClosed', { reason: 'wrong-fit', cycle: 1 }, 'closed: for good, because wrong-fit'],
  [
    'SequenceStepReached',
    { sequence: 'interest', step: 0, type: 'hold' },
    'sequence: interest: waits while sales has the lead',
  ],
  [
    'SequenceStepReached',
    { sequence: 'interest', step: 0, type: 'shift', until: '2026-04-03T08:00:00.000Z' },
    'sequence: interest: goes on Fri 2026-04-03 10:00',
  ],
  [
    'SequenceExited',
    { sequence: 'interest', outcome: 'exit', reason: 'customer' },
    'sequence: interest: left, the lead is a customer now',
  ],
  [
    'EmailSuppressed',
    { email: 'welcome', recipient: 'lead', reason: 'with-sales' },
    'not sent: welcome to lead: sales has the lead',
  ],
])('of a lead that sales has or had: %s', (decision, data, text) => {
  expect(decided(decision, data)).toBe(text)
})

test('skipped stages, fading and what was taken back are told', () => {
  const because = { activityId: 'x', condition: 'a' }
  const skipped = ['interest', 'consideration']
  expect(decided('StageAdvanced', { from: 'awareness', to: 'intent', because, skipped })).toBe(
    'stage: awareness → intent, past interest and consideration, because a',
  )
  const bands = { band: 'warm', previousBand: 'hot', grade: 'B2', score: 59.9 }
  expect(decided('LeadScored', { ...bands, because: 'faded' })).toBe(
    'band: points faded: hot → warm, grade B2, score 59.9',
  )
  expect(decided('StageWithdrawn', { stage: 'intent', to: 'interest' })).toBe(
    'stage: intent taken back, now interest',
  )
  expect(decided('QualificationWithdrawn', { cycle: 1 })).toBe('qualified: taken back')
})

test('a branch says what it asked', () => {
  expect(step(2, { type: 'branch', holds: false })).toBe('sequence: interest: clicked("welcome") is false')
  expect(step(99, { type: 'branch', holds: true })).toBe('sequence: interest: its condition is true')
})

test('steps that are not waits say what they do', () => {
  const until = '2026-03-29T01:30:00.000Z'
  expect(step(99, { type: 'wait-for', for: 'offer.rated', until })).toBe(
    'sequence: interest: waits for offer.rated, until Sun 2026-03-29 03:30',
  )
  expect(step(99, { type: 'enter', enters: 'thanks' })).toBe('sequence: interest: leads to thanks')
  expect(step(99, { type: 'notify', team: 'dach' })).toBe('sequence: interest: notifies a team')
  expect(step(99, { type: 'notify', team: 'dach', skipped: 'stale' })).toBeUndefined()
})

test.each([
  [{ outcome: 'goal' }, 'goal reached'],
  [{ outcome: 'exit' }, 'left, its exit condition holds'],
  [{ outcome: 'exit', reason: 'recycled' }, 'left, sales sent the lead back to an earlier stage'],
  [{ outcome: 'exit', reason: 'never came back' }, 'left, never came back'],
])('the end of a sequence says why: %o', (data, words) => {
  expect(decided('SequenceExited', { sequence: 'interest', ...data })).toBe(`sequence: interest: ${words}`)
})

test('an email that is not sent says why', () => {
  const suppressed = (reason: string) =>
    decided('EmailSuppressed', { email: 'welcome', recipient: 'lead', reason })
  expect(suppressed('no-consent')).toBe('not sent: welcome to lead: there is no consent')
  expect(suppressed('quiet-hours')).toBe('not sent: welcome to lead: quiet-hours')
})

test('what is held says why and until when', () => {
  const held = (reason: string) =>
    decided('EmailHeld', { email: 'welcome', reason, until: '2026-03-04T08:00:00.000Z' })
  expect(held('window')).toBe('held: welcome until Wed 2026-03-04 09:00: outside the sending hours')
  expect(held('cap')).toBe('held: welcome until Wed 2026-03-04 09:00: more than the caps allow')
})

test('a score says what came and went, rounded to a tenth', () => {
  const changes = [
    { rule: 'demo', points: 29.96 },
    { rule: 'dach', points: -10 },
  ]
  expect(told({ type: 'score', score: 31.04, fit: 0, engagement: 31.04, grade: 'B2', changes })).toBe(
    'score: 31.0 = fit 0 + engagement 31.0, grade B2 (+30.0 demo, -10 dach)',
  )
})

test('events that have no words of their own are told as they are', () => {
  expect(
    told({ type: 'decision', decision: 'LeadMerged', data: { leadId: 'lead-0001', merged: 'lead-0002' } }),
  ).toBe('event: LeadMerged merged=lead-0002')
  expect(told({ type: 'decision', decision: 'Unheard', data: { level: 2 } })).toBe('event: Unheard level=2')
})

test('a handoff that nobody answers', () => {
  expect(decided('HandoffReminded', {})).toBe('handoff: no answer yet: the owner is reminded')
  expect(decided('HandoffEscalated', {})).toBe('handoff: no answer when it was due: escalated')
})

test('what other lines tell is not told twice', () => {
  expect(decided('EmailRequested', { email: 'welcome' })).toBeUndefined()
  expect(decided('EmailSent', { email: 'welcome' })).toBeUndefined()
  expect(step(0, { type: 'email', email: 'welcome' })).toBeUndefined()
})

test('what happened before is told from its log, of emails only which one', () => {
  const known = { id: 'f-1', occurredAt: '2026-03-02T08:00:00.000Z' }
  const logged = (activity: string, properties: JsonObject) =>
    told({ type: 'deed', deed: { type: 'activity', activity, properties, known } })
  expect(logged('email.sent', { email: 'welcome', sendId: 's', messageId: 'm' })).toBe(
    'log: email.sent welcome',
  )
  expect(logged('page.viewed', { path: '/pricing' })).toBe('log: page.viewed path=/pricing')
})
