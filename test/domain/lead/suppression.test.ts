import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, leadIdOf } from '../support/facts.ts'
import { days, makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const suppressionOf = (facts: readonly Fact[], under = rules) => foldLead(facts, under)?.suppression
const bounce = (id: string, at: string, bounceSubType = 'MailboxFull', bounceType = 'Transient') =>
  fact(id, 'email.bounced', at, { bounceType, bounceSubType })

describe('hard bounces', () => {
  test.each([
    ['General', 'bounced'],
    ['NoEmail', 'bounced'],
    ['Suppressed', 'ses-suppressed'],
    ['OnAccountSuppressionList', 'ses-suppressed'],
  ])('%s: no mail from the first on', (subType, reason) => {
    expect(suppressionOf([bounce('a', '03-01T08:00', subType, 'Permanent')])).toEqual({
      reason,
      at: '2026-03-01T08:00:00.000Z',
      factId: 'a',
    })
  })

  test("those of a merged lead's address leave this one alone", () => {
    const other = { ...bounce('a', '03-01T08:00', 'General', 'Permanent'), member: leadIdOf('lead-0002') }
    expect(suppressionOf([other])).toBeUndefined()
  })
})

describe('soft bounces', () => {
  const three = [bounce('a', '03-01T08:00'), bounce('b', '03-08T08:00'), bounce('c', '03-15T07:59')]

  test('the third within 14 days stops all mail', () => {
    expect(suppressionOf(three.slice(0, 2))).toBeUndefined()
    expect(suppressionOf(three)).toMatchObject({ reason: 'soft-bounced', factId: 'c' })
  })

  test('one exactly 14 days before is outside', () => {
    expect(suppressionOf([...three.slice(0, 2), bounce('c', '03-15T08:00')])).toBeUndefined()
  })

  test('a delivery in between does not undo them', () => {
    expect(suppressionOf([...three, fact('d', 'email.delivered', '03-10T08:00')])).toBeDefined()
  })

  test.each(['MessageTooLarge', 'ContentRejected', 'AttachmentRejected'])(
    '%s says nothing about the mailbox',
    (subType) => {
      const facts = three.map(({ id, occurredAt }) => bounce(id, occurredAt, subType))
      expect(suppressionOf(facts)).toBeUndefined()
    },
  )

  test('how many in which time is for the settings to say', () => {
    const { settings } = makePlaybook()
    const strict = makePlaybook({ settings: { ...settings, softBounces: { most: 2, per: days(8) } } })
    expect(suppressionOf(three.slice(0, 2), compileRules(strict))).toMatchObject({ factId: 'b' })
  })

  test('neither order nor parts in which they come matter', () => {
    const at = fc.integer({ min: 1, max: 28 }).map((day) => `03-${String(day).padStart(2, '0')}T08:00`)
    fc.assert(
      fc.property(fc.array(at, { maxLength: 8 }), fc.nat(8), (times, cut) => {
        const facts = times.map((time, index) => bounce(`b${index}`, time))
        const whole = foldLead(facts, rules)
        expect(foldLead(facts.toReversed(), rules)).toEqual(whole)
        const ordered = facts.toSorted((a, b) => (a.occurredAt + a.id < b.occurredAt + b.id ? -1 : 1))
        const begun = foldLead(ordered.slice(0, cut), rules)
        expect(extendLead(begun, ordered.slice(cut), rules)).toEqual(whole)
      }),
    )
  })
})

describe('what may lift it', () => {
  const form = makePlaybook().forms
  const doubled = compileRules(
    makePlaybook({
      forms: {
        ...form,
        newsletter: {
          id: 'newsletter',
          languages: ['de'],
          title: { de: 'x' },
          consent: 'double-opt-in',
          purpose: 'newsletter',
          fields: [],
          origins: [],
        },
      },
    }),
  )
  const signUp = (id: string, at: string) =>
    fact(id, 'form.submitted', at, { form: 'newsletter', language: 'de', fields: {} })
  const confirmed = (id: string, at: string, submission: string) =>
    fact(id, 'consent.granted', at, { purpose: 'newsletter', confirmed: true, submission })
  const before = [signUp('s1', '03-01T08:00'), confirmed('c1', '03-01T09:00', 's1')]
  const hard = bounce('b', '03-02T08:00', 'General', 'Permanent')
  const complained = fact('k', 'email.complained', '03-02T09:00')
  const state = (...facts: readonly Fact[]) => foldLead([...before, ...facts], doubled)

  test('a sign-up after the bounce is asked to confirm, though consent stands', () => {
    const asked = state(hard, signUp('s2', '03-03T08:00'))
    expect(asked?.suppression?.reason).toBe('bounced')
    expect(asked?.consent.newsletter).toMatchObject({ status: 'granted', factId: 'c1' })
    expect(asked?.confirmations.map(({ factId }) => factId)).toEqual(['s1', 's2'])
  })

  test('its confirmation does, and is the new evidence', () => {
    const proven = state(hard, signUp('s2', '03-03T08:00'), confirmed('c2', '03-03T09:00', 's2'))
    expect(proven?.suppression).toBeUndefined()
    expect(proven?.consent.newsletter).toMatchObject({ factId: 'c2', confirmed: true })
  })

  test('a bounce after that stops all mail again', () => {
    const again = bounce('b2', '03-04T08:00', 'General', 'Permanent')
    const proven = [hard, signUp('s2', '03-03T08:00'), confirmed('c2', '03-03T09:00', 's2')]
    expect(state(...proven, again)?.suppression).toMatchObject({ factId: 'b2' })
  })

  test.each([
    ['an old link', [hard, confirmed('c2', '03-03T09:00', 's1')]],
    ['consent by word', [hard, fact('c2', 'consent.granted', '03-03T09:00', { purpose: 'newsletter' })]],
  ])('%s does not', (_name, facts) => {
    expect(state(...facts)?.suppression).toMatchObject({ reason: 'bounced' })
  })

  test('nothing lifts a complaint, which weighs more than a bounce', () => {
    const facts = [hard, complained, signUp('s2', '03-03T08:00'), confirmed('c2', '03-03T09:00', 's2')]
    expect(state(...facts)).toMatchObject({ suppression: { reason: 'complained', factId: 'k' } })
    expect(state(...facts)?.confirmations).toHaveLength(1)
  })
})
