import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import type { Exclusion } from '../../../domain/lead/filter-facts.ts'
import { draftOf, extendLead, factsAt, foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { dataOf } from '../support/decided-data.ts'
import { fact, leadId, leadIdOf, stored } from '../support/facts.ts'
import { handoff, makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(
  makePlaybook({ handoff: { ...handoff, qualify: 'did("quote.requested")', require: [] } }),
)
const viewed = fact('a', 'page.viewed', '03-01T08:00')
const quote = fact('q', 'quote.requested', '03-02T08:00')
const back = fact('v', 'activity.voided', '03-03T08:00', { activityId: 'q' })

const leftOutOf = (facts: readonly Fact[], now?: string) => {
  const found: [string, Exclusion][] = []
  draftOf(facts, rules, now, { leftOut: ({ id }, why) => found.push([id, why]) })
  return Object.fromEntries(found)
}

describe('a fact that is taken back', () => {
  test('takes stage and qualification with it, and tells those who acted on them', () => {
    const before = stored(foldLead([viewed, quote], rules))
    expect(before.stage.stage).toBe('intent')
    expect(extendLead(before, [back], rules)).toBeUndefined()
    const after = stored(foldLead([viewed, quote, back], rules))
    expect(after.stage.stage).toBe('awareness')
    expect(after.qualifications).toEqual([])
    expect(
      decide({ leadId }, before, after).map((one) => [one.type, dataOf(one).stage ?? dataOf(one).cycle]),
    ).toEqual([
      ['StageWithdrawn', 'intent'],
      ['QualificationWithdrawn', 1],
    ])
    expect(leftOutOf([viewed, quote, back])).toEqual({ q: { type: 'voided', by: 'v' } })
  })

  test('never counts when it comes after having been taken back', () => {
    const early = stored(foldLead([viewed, back], rules))
    expect(early.voids).toEqual(['q'])
    const late = fact('q', 'quote.requested', '03-04T08:00')
    expect(extendLead(early, [late], rules)).toBeUndefined()
    const state = stored(foldLead([viewed, back, late], rules))
    expect(state.stage.stage).toBe('awareness')
    expect(state.voids).toEqual(['q'])
  })

  test('takes what followed from it along', () => {
    const form = fact('form', 'form.submitted', '03-02T08:00', { form: 'quote', fields: {} })
    const followed = fact('form~1', 'quote.requested', '03-02T08:00', { form: 'quote' })
    const undone = fact('v', 'activity.voided', '03-03T08:00', { activityId: 'form' })
    expect(foldLead([viewed, form, followed], rules)?.stage.stage).toBe('intent')
    expect(foldLead([viewed, form, followed, undone], rules)?.stage.stage).toBe('awareness')
    expect(Object.keys(leftOutOf([viewed, form, followed, undone]))).toEqual(['form', 'form~1'])
  })

  test('counts again when the taking back is taken back', () => {
    const again = fact('w', 'activity.voided', '03-04T08:00', { activityId: 'v' })
    expect(foldLead([viewed, quote, back, again], rules)?.stage.stage).toBe('intent')
  })

  describe('against mail', () => {
    const granted = fact('g', 'consent.granted', '03-01T08:00', { purpose: 'newsletter' })
    const refusals = [
      fact('no', 'email.unsubscribed', '03-02T08:00', { how: 'one-click' }),
      fact('no', 'consent.withdrawn', '03-02T08:00', { purpose: 'newsletter' }),
      fact('no', 'email.complained', '03-02T08:00'),
      fact('no', 'email.bounced', '03-02T08:00', { bounceType: 'Permanent', bounceSubType: 'General' }),
    ]
    const taking = (properties: JsonObject, at = '03-03T08:00') =>
      fact('v', 'activity.voided', at, { activityId: 'no', ...properties })

    describe.each(refusals.map((refusal) => [refusal.type, refusal] as const))('%s', (_, refusal) => {
      const stands = [granted, refusal]
      test.each([
        ['by a hook', taking({ how: 'hook:crm', by: 'x' })],
        ['by a program with a key', taking({ how: 'api', role: 'admin' })],
        ['by a salesperson', taking({ how: 'by-hand', by: 'Sam' })],
        ['by a salesperson, before it came', taking({ how: 'by-hand', by: 'Sam' }, '03-01T09:00')],
      ])('stands when it is taken back %s', (_, undone) => {
        const { consent, suppression } = stored(foldLead([...stands, undone], rules))
        expect({ consent, suppression }).toEqual({
          consent: foldLead(stands, rules)?.consent,
          suppression: foldLead(stands, rules)?.suppression,
        })
      })

      test('stands when what it seems to follow from is taken back', () => {
        const following = { ...refusal, id: 'no~1' }
        const origin = fact('no', 'page.viewed', '03-02T08:00')
        expect(leftOutOf([granted, origin, following, taking({ how: 'by-hand' })])).toEqual({
          no: { type: 'voided', by: 'v' },
        })
      })

      test('is taken back by an admin, whoever tried before', () => {
        const { consent, suppression } = stored(
          foldLead(
            [
              ...stands,
              { ...taking({ how: 'by-hand' }), id: 'u' },
              taking({ how: 'by-hand', role: 'admin' }, '03-04T08:00'),
            ],
            rules,
          ),
        )
        expect(consent.newsletter?.status).toBe('granted')
        expect(suppression).toBeUndefined()
      })
    })
  })

  test('takes back the consent that was asked for by it, whenever that is confirmed', () => {
    const form = fact('form', 'form.submitted', '03-02T08:00', { form: 'newsletter', fields: {} })
    const confirmed = fact('form:confirmed', 'consent.granted', '03-02T09:00', {
      purpose: 'newsletter',
      submission: 'form',
    })
    const followed = fact('form:confirmed~1', 'newsletter.subscribed', '03-02T09:00', {})
    const undone = fact('v', 'activity.voided', '03-02T08:30', { activityId: 'form' })
    const granted = stored(foldLead([viewed, form, confirmed, followed], rules))
    expect(granted.consent.newsletter?.status).toBe('granted')
    const before = stored(foldLead([viewed, form, undone], rules))
    expect(extendLead(before, [confirmed, followed], rules)).toBeUndefined()
    const after = stored(foldLead([viewed, form, undone, confirmed, followed], rules))
    expect(after.consent).toEqual({})
    expect(after.seen['newsletter.subscribed']).toBeUndefined()
  })

  test('may be all that there was: the lead stands at the beginning', () => {
    const state = stored(foldLead([quote, back], rules))
    expect(state.stage).toMatchObject({ stage: 'awareness', factId: 'q' })
    expect(state.seen).toEqual({})
    const next = fact('n', 'page.viewed', '03-05T08:00')
    expect(extendLead(state, [next], rules)).toBeUndefined()
    expect(foldLead([quote, back, next], rules)?.createdAt).toBe('2026-03-05T08:00:00.000Z')
  })

  test('is gone from earlier moments too', () => {
    const then = factsAt([viewed, quote, back], '2026-03-02T12:00:00.000Z')
    expect(foldLead(then, rules, '2026-03-02T12:00:00.000Z')?.stage.stage).toBe('awareness')
    expect(foldLead(factsAt([viewed, quote], '2026-03-02T07:59:59.999Z'), rules)?.stage.stage).toBe(
      'awareness',
    )
    expect(foldLead(factsAt([viewed, quote], '2026-03-02T08:00:00.000Z'), rules)?.stage.stage).toBe('intent')
  })
})

describe('a hit', () => {
  const click = fact('c', 'email.clicked', '03-02T08:00', { email: 'welcome', messageId: 'm', link: '/x' })
  const now = '2026-03-02T08:00:04.999Z'

  test('is held for five seconds, then counts in its place', () => {
    const held = stored(foldLead([viewed, click], rules, now))
    expect(held.heldUntil).toBe('2026-03-02T08:00:05.000Z')
    expect(held.emails.clicked).toEqual({})
    expect(leftOutOf([viewed, click], now)).toEqual({
      c: { type: 'held', until: '2026-03-02T08:00:05.000Z' },
    })
    expect(extendLead(held, [], rules, now)).toBe(held)
    expect(extendLead(held, [], rules, '2026-03-02T08:00:05.000Z')).toBeUndefined()
    const counted = stored(foldLead([viewed, click], rules, '2026-03-02T08:00:05.000Z'))
    expect(counted.emails.clicked).toEqual({ welcome: click.occurredAt })
    expect(counted.heldUntil).toBeUndefined()
  })

  test('that was counted is withdrawn when a late fact shows that it was a machine’s', () => {
    const counted = stored(foldLead([viewed, click], rules, '2026-03-02T09:00:00.000Z'))
    const sibling = fact('d', 'email.clicked', '2026-03-02T08:00:00.500Z', {
      email: 'welcome',
      messageId: 'm',
      link: '/y',
    })
    expect(extendLead(counted, [sibling], rules, '2026-03-02T09:00:00.000Z')).toBeUndefined()
    const after = stored(foldLead([viewed, click, sibling], rules, '2026-03-02T09:00:00.000Z'))
    expect(after.emails.clicked).toEqual({})
    expect(Object.keys(leftOutOf([viewed, click, sibling]))).toEqual(['c', 'd'])
  })

  test('reported without a message is somebody’s word, and counts at once', () => {
    const told = fact('t', 'email.clicked', '03-02T08:00', { email: 'welcome' })
    expect(foldLead([viewed, told], rules, told.occurredAt)?.emails.clicked).toEqual({
      welcome: told.occurredAt,
    })
  })
})

describe('a merged lead', () => {
  const other = leadIdOf('lead-0002')
  const merged = fact('m', 'lead.merged', '03-03T08:00', { leadId: other })
  const theirs: readonly Fact[] = [
    { ...fact('b', 'quote.requested', '03-01T10:00'), member: other, email: 'b@example.com' },
    { ...fact('c', 'email.bounced', '03-01T11:00', { bounceType: 'Permanent' }), member: other },
  ]

  test('brings its history, but neither its address nor what bounced there', () => {
    const before = stored(foldLead([viewed], rules))
    expect(extendLead(before, [merged], rules)).toBeUndefined()
    const after = stored(foldLead([viewed, merged, ...theirs], rules))
    expect(after.stage.stage).toBe('intent')
    expect(after.suppression).toBeUndefined()
    expect(after.attributes.email).toBeUndefined()
    expect(decide({ leadId }, before, after).map(({ type }) => type)).toEqual([
      'LeadScored',
      'StageAdvanced',
      'LeadQualified',
      'LeadMerged',
    ])
  })

  test('stays though somebody takes back the fact that says so', () => {
    const join = fact('join', 'lead.merged', '03-01T09:00', { leadId: 'lead-0002' })
    const voided = fact('w', 'activity.voided', '03-03T08:00', { activityId: 'join' })
    expect(foldLead([viewed, join, voided], rules)?.family?.members).toEqual(['lead-0002'])
    expect(leftOutOf([viewed, join, voided])).toEqual({})
  })

  test('goes again, and is told', () => {
    const before = stored(foldLead([viewed, merged, ...theirs], rules))
    const after = stored(
      foldLead([viewed, merged, fact('u', 'lead.unmerged', '03-04T08:00', { leadId: other })], rules),
    )
    expect(after.stage.stage).toBe('awareness')
    expect(after.family).toEqual({ members: [], apart: [other] })
    expect(decide({ leadId }, before, after).map(({ type }) => type)).toEqual([
      'LeadUnmerged',
      'StageWithdrawn',
      'QualificationWithdrawn',
    ])
  })
})
