import { describe, expect, test } from 'vitest'
import { judgeSend } from '../../../domain/email/judge-send.ts'
import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { EmailRequest } from '../../../domain/model/email-request.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, leadId, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const erased = [{ reason: 'erased', at: '2026-03-01T00:00:00.000Z' }] as const
const never = () => false

type Step = 'imported' | 'signed up' | 'confirmed'
const factOf: Readonly<Record<Step, (at: string) => Fact>> = {
  imported: (at) => fact('i', 'consent.granted', at, { purpose: 'newsletter' }),
  'signed up': (at) => fact('s', 'form.submitted', at, { form: 'newsletter', fields: {}, language: 'de' }),
  confirmed: (at) =>
    fact('c', 'consent.granted', at, {
      form: 'newsletter',
      purpose: 'newsletter',
      submission: 's',
      confirmed: true,
    }),
}
const confirmation: EmailRequest = {
  leadId,
  sendId: 'confirm',
  email: 'confirm',
  recipient: 'lead',
  confirmation: { factId: 's', form: 'newsletter', purpose: 'newsletter', language: 'de' },
}
const welcome: EmailRequest = { leadId, sendId: 'welcome', email: 'welcome', recipient: 'lead' }

const worldAfter = (steps: readonly Step[]) => {
  const facts = steps.map((step, hour) => factOf[step](`03-02T1${hour}:00`))
  const state = stored(foldLead(facts, rules))
  const lead = { email: 'ada@example.com', state, suppressed: erased }
  const verdict = (request: EmailRequest, kind: 'marketing' | 'transactional') => {
    const judged = judgeSend(request, { kind, purpose: 'newsletter' }, lead, never)
    return judged.type === 'suppressed' ? judged.reason : judged.type
  }
  return {
    asked: decide({ leadId }, undefined, state).filter(({ type }) => type === 'EmailRequested').length,
    confirmation: verdict(confirmation, 'transactional'),
    marketing: verdict(welcome, 'marketing'),
  }
}

describe.each<readonly [Step, Step, Step]>([
  ['imported', 'signed up', 'confirmed'],
  ['signed up', 'imported', 'confirmed'],
  ['signed up', 'confirmed', 'imported'],
])('somebody erased is %s, then %s, then %s', (...steps) => {
  test.each([1, 2, 3])('after step %i', (count) => {
    const done = steps.slice(0, count)
    const hasSignedUp = done.includes('signed up')
    const hasConfirmed = done.includes('confirmed')
    expect(worldAfter(done)).toEqual({
      asked: hasSignedUp ? 1 : 0,
      confirmation: hasConfirmed
        ? 'already-answered'
        : hasSignedUp || done.includes('imported')
          ? 'send'
          : 'already-answered',
      marketing: hasConfirmed ? 'send' : done.includes('imported') ? 'erased' : 'no-consent',
    })
  })
})

test('whoever signs up while a consent stands by word alone keeps it meanwhile, and is not reminded', () => {
  const facts = [factOf.imported('03-02T10:00'), factOf['signed up']('03-02T11:00')]
  const state = stored(foldLead(facts, rules, '2026-05-01T00:00:00.000Z'))
  expect(state.consent.newsletter).toEqual({
    status: 'granted',
    at: '2026-03-02T10:00:00.000Z',
    factId: 'i',
  })
  expect(state.confirmations).toHaveLength(1)
})
