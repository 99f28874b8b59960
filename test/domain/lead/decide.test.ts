import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import type { LeadState } from '../../../domain/lead/lead-state.ts'
import { compareFacts, type Fact } from '../../../domain/model/activity.ts'
import { emailRequestOf } from '../../../domain/model/email-request.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { runs } from '../../support/runs.ts'
import { anyLog, anyRules } from '../support/arbitrary.ts'
import { fact, leadId, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const given = (...facts: readonly Fact[]): LeadState => stored(foldLead(facts, rules))
const lead = { leadId }
const idsOf = (before: LeadState | undefined, after: LeadState) =>
  decide(lead, before, after).map(({ id }) => id)

const submitted = fact('f', 'form.submitted', '03-01T08:00', {
  form: 'newsletter',
  fields: {},
  language: 'en',
})
const granted = fact('g', 'consent.granted', '03-01T09:00', { purpose: 'newsletter' })
const demo = { ...fact('h', 'demo.requested', '03-01T10:00'), email: 'ada@example.com' }
const quote = fact('i', 'quote.requested', '03-01T11:00')
const rejected = fact('j', 'handoff.rejected', '03-02T08:00', { reason: 'not-now' })

describe('decisions', () => {
  test('follow from what is new, with ids that say what they are', () => {
    const first = given(submitted)
    const second = given(submitted, granted, demo)
    const third = given(submitted, granted, demo, quote)
    const fourth = given(submitted, granted, demo, quote, rejected)
    expect(idsOf(undefined, first)).toEqual([
      'lead-0001:created',
      'lead-0001:confirm:f',
      'lead-0001:stage:awareness:1',
    ])
    expect(idsOf(first, second)).toEqual([
      'lead-0001:consent:newsletter:granted:g',
      expect.stringMatching(/^lead-0001:band:warm:..:h$/),
      'lead-0001:stage:consideration:1',
    ])
    expect(idsOf(second, third)).toEqual([
      expect.stringMatching(/^lead-0001:band:hot:..:i$/),
      'lead-0001:stage:intent:1',
      'lead-0001:qualified:1',
    ])
    expect(idsOf(third, fourth)).toEqual(['lead-0001:recycled:2'])
    expect(idsOf(fourth, fourth)).toEqual([])
  })

  test('carry what CONTRACT section 6 asks for, and no personal data', () => {
    const decisions = decide(lead, undefined, given(submitted, granted, demo, quote, rejected))
    const of = (type: string) => decisions.filter((decision) => decision.type === type)
    expect(of('StageAdvanced').at(-1)).toEqual({
      id: 'lead-0001:stage:intent:1',
      type: 'StageAdvanced',
      occurredAt: '2026-03-01T11:00:00.000Z',
      causationId: 'i',
      correlationId: 'i',
      leadId,
      data: {
        leadId,
        from: 'consideration',
        skipped: [],
        to: 'intent',
        because: {
          activityId: 'i',
          condition: 'did("quote.requested") || count("page.viewed", "7d") >= 5',
        },
        cycle: 1,
        factOccurredAt: '2026-03-01T11:00:00.000Z',
      },
    })
    expect(of('LeadQualified')).toMatchObject([
      { data: { stage: 'intent', cycle: 1, score: expect.any(Number) } },
    ])
    expect(of('LeadRecycled')).toMatchObject([
      { data: { reason: 'not-now', cycle: 2, from: 'intent', to: 'interest' } },
    ])
    expect(JSON.stringify(decisions)).not.toContain('ada@example.com')
  })

  test('a confirmation is an email request that its parser reads', () => {
    const request = decide(lead, undefined, given(submitted)).find(({ type }) => type === 'EmailRequested')
    expect(request && emailRequestOf(request)).toEqual({
      leadId,
      sendId: 'lead-0001:confirm:f',
      email: 'confirm',
      recipient: 'lead',
      confirmation: { factId: 'f', form: 'newsletter', purpose: 'newsletter', language: 'en' },
    })
  })

  test('a late fact that moves a stage earlier does not announce it again', () => {
    const before = given(quote)
    const after = given(quote, fact('a', 'quote.requested', '02-01T08:00'))
    expect(after.stage.factId).toBe('a')
    expect(idsOf(before, after).filter((id) => id.includes(':stage:'))).toEqual([])
  })

  test('a withdrawal is told for each purpose', () => {
    const before = given(granted)
    const after = given(granted, fact('w', 'email.unsubscribed', '03-05T08:00'))
    expect(decide(lead, before, after)).toMatchObject([
      {
        id: 'lead-0001:consent:newsletter:withdrawn:w',
        type: 'ConsentWithdrawn',
        data: { purpose: 'newsletter' },
      },
    ])
  })

  test('one by one or all at once: the same stages, qualifications, recycles and confirmations, none twice', () => {
    // Of bands, consents, followed activities and triggers the latest alone is told of those that come together.
    // A win is over once its deal is opened again.
    const passing = [':band:', ':consent:', ':activity:', ':when@', ':won', ':lost', ':no-longer-']
    const lasting = (id: string) => !passing.some((kind) => id.includes(kind))
    fc.assert(
      fc.property(anyRules, anyLog(), (anyOf, log) => {
        let state: LeadState | undefined
        const ids: string[] = []
        for (const one of log.toSorted(compareFacts)) {
          const after = stored(extendLead(state, [one], anyOf))
          ids.push(...idsOf(state, after))
          state = after
        }
        expect(new Set(ids).size).toBe(ids.length)
        expect(ids.filter(lasting).toSorted()).toEqual(
          idsOf(undefined, stored(foldLead(log, anyOf)))
            .filter(lasting)
            .toSorted(),
        )
      }),
      { numRuns: runs(1000) },
    )
  })
})
