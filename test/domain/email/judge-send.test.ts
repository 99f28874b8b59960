import { describe, expect, test } from 'vitest'
import { judgeSend, type SuppressedAddress } from '../../../domain/email/judge-send.ts'
import type { Consent } from '../../../domain/lead/consent.ts'
import type { LeadState } from '../../../domain/lead/lead-state.ts'
import type { EmailRequest } from '../../../domain/model/email-request.ts'
import { leadId } from '../sequence/sample-run.ts'
import { stateOf } from './sample-state.ts'

const email = 'anna@example.com'
const at = '2026-01-05T09:00:00.000Z'
const consent = (status: Consent['status'], confirmed?: true): Partial<LeadState> => ({
  consent: { newsletter: { status, ...(confirmed && { confirmed }), at, factId: 'f' } },
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
const withBox: EmailRequest = {
  ...confirming,
  confirmation: {
    factId: 'f',
    form: 'newsletter',
    purpose: 'newsletter',
    furtherPurpose: 'talks',
    language: 'de',
  },
}
const confirmedBesideBox = (box: 'pending' | 'withdrawn'): Partial<LeadState> => ({
  consent: { ...consent('granted', true).consent, talks: { status: box, at, factId: 'f' } },
})
const never = () => false
const exits = () => true

describe('an email may go out', () => {
  test.each([
    ['marketing, with consent', request, 'marketing', consent('granted'), never],
    ['transactional, without', request, 'transactional', {}, never],
    ['a confirmation that is still open', confirming, 'transactional', consent('pending'), never],
    ['a confirmation whose box is open', withBox, 'transactional', confirmedBesideBox('pending'), never],
    ['a confirmation of what was given by word', confirming, 'transactional', consent('granted'), never],
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
    expect(judgeSend(given, { kind }, { email, state: stateOf(known) }, exit)).toEqual({
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
    expect(
      judgeSend(
        request,
        { kind: 'marketing', purpose: 'newsletter' },
        { email, state: stateOf(both) },
        never,
      ),
    ).toEqual({
      type: 'suppressed',
      reason: 'no-consent',
    })
  })

  test('the one that allows it is named', () => {
    expect(
      judgeSend(request, { kind: 'marketing', purpose: 'advice' }, { email, state: stateOf(both) }, never),
    ).toEqual({
      type: 'send',
      to: email,
      consent: { purpose: 'advice', factId: 'a' },
    })
  })
})

describe('an address that stands on the suppression list', () => {
  const before = '2026-01-04T09:00:00.000Z'
  const lead = (
    reason: SuppressedAddress['reason'],
    confirmed?: true,
    since: string = at,
    status: Consent['status'] = 'granted',
  ) => ({
    email,
    suppressed: [{ reason, at: since }],
    state: stateOf({
      consent: { newsletter: { status, at, factId: 'f', ...(confirmed && { confirmed }) } },
      confirmations: [{ factId: 'f', form: 'newsletter', purpose: 'newsletter', language: 'de', at }],
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
    ['bounced since it was confirmed', request, 'marketing', lead('bounced', true), 'bounced'],
    ['bounced, and confirmed since', request, 'marketing', lead('bounced', true, before), 'send'],
    [
      'bounced, consent by word alone since',
      request,
      'marketing',
      lead('bounced', undefined, before),
      'bounced',
    ],
    ['bounced, transactional', request, 'transactional', lead('bounced', undefined, before), 'bounced'],
    [
      'bounced, a confirmation asked for since',
      confirming,
      'transactional',
      lead('bounced', undefined, before, 'pending'),
      'send',
    ],
    [
      'bounced since the confirmation was asked for',
      confirming,
      'transactional',
      lead('bounced', undefined, at, 'pending'),
      'bounced',
    ],
    [
      'kept by SES, a confirmation asked for since',
      confirming,
      'transactional',
      lead('ses-suppressed', undefined, before, 'pending'),
      'send',
    ],
    ['complained, and confirmed since', request, 'marketing', lead('complained', true, before), 'complained'],
    [
      'complained, a confirmation',
      confirming,
      'transactional',
      lead('complained', undefined, before, 'pending'),
      'complained',
    ],
  ] as const)('%s', (_name, given, kind, known, outcome) => {
    expect(reasonOf(given, { kind, purpose: 'newsletter' }, known, never)).toBe(outcome)
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
      consent('granted', true),
      'already-answered',
    ],
    [
      'a confirmation whose box was withdrawn, too',
      withBox,
      'transactional',
      confirmedBesideBox('withdrawn'),
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
    expect(judgeSend(given, { kind }, { email, state: stateOf(known) }, never)).toEqual({
      type: 'suppressed',
      reason,
    })
  })

  test('no address', () => {
    expect(judgeSend(request, { kind: 'transactional' }, { state: stateOf({}) }, never)).toEqual({
      type: 'suppressed',
      reason: 'no-address',
    })
  })

  test('after a wait, the exit holds by now', () => {
    const later = { ...request, run: { ...run, afterWait: true } }
    const lead = { email, state: stateOf(consent('granted')) }
    expect(judgeSend(later, { kind: 'marketing' }, lead, exits)).toEqual({ type: 'exited' })
  })
})

describe('while sales has the lead', () => {
  const judge = (kind: 'marketing' | 'transactional', lead: object = {}, exit = never) =>
    judgeSend(
      { ...request, run: { ...run, afterWait: true } },
      { kind },
      { email, state: stateOf(consent('granted')), standsBack: true, ...lead },
      exit,
    )

  test('marketing mail that was asked for before is not sent, other mail is', () => {
    expect(judge('marketing')).toEqual({ type: 'suppressed', reason: 'with-sales' })
    expect(judge('transactional')).toEqual({ type: 'send', to: email })
    expect(judge('marketing', { standsBack: false })).toMatchObject({ type: 'send' })
  })

  test('what keeps it back for good is said first', () => {
    expect(judge('marketing', { state: stateOf({}) })).toEqual({ type: 'suppressed', reason: 'no-consent' })
    expect(judge('marketing', {}, exits)).toEqual({ type: 'exited' })
  })
})

test('a consent from before its address bounced is asked for once more, and no longer once it is given', () => {
  const asked = '2026-01-07T09:00:00.000Z'
  const state = (given: string) =>
    stateOf({
      consent: { newsletter: { status: 'granted', confirmed: true, at: given, factId: 'f' } },
      confirmations: [{ factId: 'f', form: 'newsletter', purpose: 'newsletter', language: 'de', at: asked }],
    })
  const suppressed = [{ reason: 'bounced', at: '2026-01-06T09:00:00.000Z' }] as const
  const judge = (given: string) =>
    judgeSend(confirming, { kind: 'transactional' }, { email, state: state(given), suppressed }, never)
  expect(judge(at)).toEqual({ type: 'send', to: email })
  expect(judge('2026-01-08T09:00:00.000Z')).toEqual({ type: 'suppressed', reason: 'already-answered' })
})
