import { describe, expect, test } from 'vitest'
import type { EmailRequest } from '../../../domain/email/email-request.ts'
import { judgeSend } from '../../../domain/email/judge-send.ts'
import type { Consent, LeadState } from '../../../domain/lead/lead-state.ts'
import { leadId } from '../sequence/sample-run.ts'
import { stateOf } from './sample-state.ts'

const email = 'anna@example.com'
const at = '2026-01-05T09:00:00.000Z'
const consent = (status: Consent['status']): Partial<LeadState> => ({
  consent: { newsletter: { status, at, factId: 'f' } },
})
const suppressed = (reason: 'bounced' | 'complained'): Partial<LeadState> => ({
  ...consent('granted'),
  suppression: { reason, at, factId: 'f' },
})

const request: EmailRequest = { leadId, sendId: 's', email: 'welcome', recipient: 'lead' }
const run = { sequence: 'interest', runId: 'r', step: 0 }
const confirming: EmailRequest = {
  ...request,
  confirmation: { factId: 'f', form: 'newsletter', purpose: 'newsletter', language: 'de' },
}
const never = () => false
const exits = () => true

describe('an email may go out', () => {
  test.each([
    ['marketing, with consent', request, 'marketing', consent('granted'), never],
    ['transactional, without', request, 'transactional', {}, never],
    ['a confirmation that is still open', confirming, 'transactional', consent('pending'), never],
    [
      'right at entry, whatever has happened since',
      { ...request, run: { ...run, afterWait: false } },
      'marketing',
      consent('granted'),
      exits,
    ],
    [
      'after a wait',
      { ...request, run: { ...run, afterWait: true } },
      'marketing',
      consent('granted'),
      never,
    ],
  ] as const)('%s', (_name, given, kind, known, exit) => {
    expect(judgeSend(given, kind, { email, state: stateOf(known) }, exit)).toEqual({
      type: 'send',
      to: email,
      ...(kind === 'marketing' && { consent: { purpose: 'newsletter', factId: 'f' } }),
    })
  })
})

describe('consent is for a purpose', () => {
  const both: Partial<LeadState> = {
    consent: {
      advice: { status: 'granted', at, factId: 'a' },
      newsletter: { status: 'withdrawn', at, factId: 'n' },
    },
  }

  test('another one does not allow the email', () => {
    expect(judgeSend(request, 'marketing', { email, state: stateOf(both) }, never, 'newsletter')).toEqual({
      type: 'suppressed',
      reason: 'no-consent',
    })
  })

  test('the one that allows it is named', () => {
    expect(judgeSend(request, 'marketing', { email, state: stateOf(both) }, never, 'advice')).toEqual({
      type: 'send',
      to: email,
      consent: { purpose: 'advice', factId: 'a' },
    })
  })
})

describe('an address that was suppressed before it was this lead’s', () => {
  const lead = (reason: 'erased' | 'bounced', confirmed?: true) => ({
    email,
    suppressed: { reason, at },
    state: stateOf({
      consent: { newsletter: { status: 'granted', at, factId: 'f', ...(confirmed && { confirmed }) } },
    }),
  })
  const reasonOf = (...given: Parameters<typeof judgeSend>) => {
    const verdict = judgeSend(...given)
    return verdict.type === 'suppressed' ? verdict.reason : verdict.type
  }

  test.each([
    ['erased, consent by word alone', request, 'marketing', lead('erased'), 'erased'],
    ['erased, signed up anew and confirmed', request, 'marketing', lead('erased', true), 'send'],
    ['erased, transactional', request, 'transactional', lead('erased'), 'send'],
    ['bounced, confirmed or not', request, 'marketing', lead('bounced', true), 'bounced'],
    ['bounced, transactional', request, 'transactional', lead('bounced'), 'bounced'],
  ] as const)('%s', (_name, given, kind, known, outcome) => {
    expect(reasonOf(given, kind, known, never, 'newsletter')).toBe(outcome)
  })
})

describe('an email is held back', () => {
  test.each([
    ['marketing, no consent', request, 'marketing', {}, 'no-consent'],
    ['marketing, consent pending', request, 'marketing', consent('pending'), 'no-consent'],
    ['marketing, consent withdrawn', request, 'marketing', consent('withdrawn'), 'no-consent'],
    ['after a bounce, consent or not', request, 'marketing', suppressed('bounced'), 'bounced'],
    [
      'after a complaint, transactional or not',
      request,
      'transactional',
      suppressed('complained'),
      'complained',
    ],
    [
      'a confirmation that has been given',
      confirming,
      'transactional',
      consent('granted'),
      'already-answered',
    ],
    [
      'a confirmation overtaken by a withdrawal',
      confirming,
      'transactional',
      consent('withdrawn'),
      'already-answered',
    ],
  ] as const)('%s', (_name, given, kind, known, reason) => {
    expect(judgeSend(given, kind, { email, state: stateOf(known) }, never)).toEqual({
      type: 'suppressed',
      reason,
    })
  })

  test('no address', () => {
    expect(judgeSend(request, 'transactional', { state: stateOf({}) }, never)).toEqual({
      type: 'suppressed',
      reason: 'no-address',
    })
  })

  test('after a wait, the exit holds by now', () => {
    const later = { ...request, run: { ...run, afterWait: true } }
    const lead = { email, state: stateOf(consent('granted')) }
    expect(judgeSend(later, 'marketing', lead, exits)).toEqual({ type: 'exited' })
  })
})
