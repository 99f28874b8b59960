import { describe, expect, it } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import { timelineOf } from '../../../domain/lead/timeline.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, leadId, leadIdOf, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const now = '2026-05-05T00:00:00.000Z'
const dealId = 'lead-0001.1'

const accepted = fact('accepted', 'handoff.accepted', '05-04T09:00', { handoffId: dealId })
const needs = fact('needs', 'needs.recorded', '05-04T10:00', { needs: ['speed'] })
const proposal = fact('proposal', 'proposal.sent', '05-04T11:00', {
  dealId: 'crm-7',
  amount: 1234.5,
  currency: 'EUR',
})
const negotiation = fact('negotiation', 'negotiation.started', '05-04T12:00')
const won = fact('won', 'deal.won', '05-04T13:00', { dealId: 'crm-7' })
const onboarded = fact('onboarded', 'onboarding.completed', '05-04T14:00')
const all = [accepted, needs, proposal, negotiation, won, onboarded]

const folded = (facts: readonly Fact[]) => stored(foldLead(facts, rules, now))
const told = (before: readonly Fact[], after: readonly Fact[]) =>
  decide({ leadId }, before.length === 0 ? undefined : folded(before), folded(after)).filter(({ type }) =>
    type.startsWith('Deal'),
  )

describe('deals in the log', () => {
  it('end in the same deal, delivered five times in the wrong order', () => {
    const expected = folded(all).deals
    expect(expected).toMatchObject([{ dealId, externalId: 'crm-7', status: 'won' }])
    const wrong = [...all.toReversed(), won, accepted, ...all, proposal, ...all.toReversed(), needs, ...all]
    let state = foldLead([onboarded], rules, now)
    const seen: Fact[] = [onboarded]
    for (const one of wrong) {
      seen.push(one)
      state = extendLead(state && stored(state), [one], rules, now) ?? foldLead(seen, rules, now)
    }
    expect(state?.deals).toEqual(expected)
  })

  it('that were opened by hand are the same whichever report comes first', () => {
    const second = fact('second', 'deal.opened', '05-04T10:30', { dealId: 'crm-8', further: true })
    const report = fact('report', 'proposal.sent', '05-04T11:30', { dealId: 'crm-8' })
    const facts = [accepted, second, proposal, report]
    const expected = folded(facts).deals
    expect(expected).toMatchObject([
      { dealId, externalId: 'crm-7', phases: [{}, { phase: 'proposal' }] },
      { dealId: 'crm-8', phases: [{ phase: 'lead_qualification' }, { phase: 'proposal' }] },
    ])
    for (const [first] of facts.entries()) {
      const seen = [...facts.slice(first), ...facts.slice(0, first)].toReversed()
      expect(folded(seen).deals).toEqual(expected)
    }
  })

  it('stay out of the state of a lead that has none', () => {
    expect(folded([fact('p', 'page.viewed', '05-04T09:00')])).not.toHaveProperty('deals')
  })

  it('of merged leads stand side by side', () => {
    const other = { ...accepted, id: 'theirs', properties: { handoffId: 'lead-0002.1' } }
    expect(folded([accepted, { ...other, member: leadId }]).deals).toMatchObject([
      { dealId },
      { dealId: 'lead-0002.1' },
    ])
  })
})

describe('what is told of deals', () => {
  it('is each phase that they came to, and their end, without a word of anybody', () => {
    expect(told([], all).map(({ id, type, causationId, data }) => ({ id, type, causationId, data }))).toEqual(
      [
        ...[
          ['accepted', null, 'lead_qualification'],
          ['needs', 'lead_qualification', 'needs_analysis'],
          ['proposal', 'needs_analysis', 'proposal'],
          ['negotiation', 'proposal', 'negotiation'],
          ['won', 'negotiation', 'closing'],
        ].map(([factId, from, to]) => ({
          id: `lead-0001:deal:${dealId}:${to}`,
          type: 'DealPhaseChanged',
          causationId: factId,
          data: {
            leadId,
            dealId,
            externalId: 'crm-7',
            handoffId: dealId,
            from,
            to,
            because: { activityId: factId },
          },
        })),
        {
          id: `lead-0001:deal:${dealId}:won`,
          type: 'DealWon',
          causationId: 'won',
          data: {
            leadId,
            dealId,
            externalId: 'crm-7',
            handoffId: dealId,
            phase: 'post_sale',
            amount: '1234.50',
            currency: 'EUR',
            because: { activityId: 'won' },
          },
        },
        expect.objectContaining({ id: `lead-0001:deal:${dealId}:post_sale`, causationId: 'onboarded' }),
      ],
    )
  })

  it('is told once, also when an earlier step comes late', () => {
    expect(told([accepted, negotiation], [accepted, proposal, negotiation]).map(({ id }) => id)).toEqual([
      `lead-0001:deal:${dealId}:proposal`,
    ])
    expect(told(all, [...all, ...all])).toEqual([])
  })

  it.each([
    ['price', { reason: 'price' }],
    ['too_expensive-2', { reason: 'too_expensive-2' }],
    ['Frau Kern says no', {}],
    ['', {}],
  ])('names the reason %j of a loss only where it is an id', (reason, expected) => {
    const lost = fact('lost', 'deal.lost', '05-04T13:00', { reason })
    const [first] = told([accepted], [accepted, lost]).filter(({ type }) => type === 'DealLost')
    expect(first?.data).toEqual({
      leadId,
      dealId,
      handoffId: dealId,
      phase: 'closing',
      because: { activityId: 'lost' },
      ...expected,
    })
  })

  it('is the same when the lead is merged into another one, and nothing when the two part', () => {
    const member = leadIdOf('lead-0002')
    const page = fact('page', 'page.viewed', '05-04T08:00')
    const theirs = all.map((one) => ({ ...one, member }))
    const join = fact('join', 'lead.merged', '05-04T20:00', { leadId: member })
    const part = fact('part', 'lead.unmerged', '05-04T21:00', { leadId: member })
    const merged = [page, ...theirs, join]
    const ids = decide({ leadId: member }, undefined, folded(all))
      .filter(({ type }) => type.startsWith('Deal'))
      .map(({ id }) => id)
    expect(ids).toHaveLength(7)
    expect(told([page], merged).map(({ id }) => id)).toEqual(ids)
    expect(told(merged, [page, join, part])).toEqual([])
  })

  it('is taken back with a win that is taken back, and told again with the next one', () => {
    const voided = fact('void', 'activity.voided', '05-04T15:00', { activityId: 'won' })
    const after = [...all, voided]
    expect(folded(after).deals).toMatchObject([{ status: 'open', phases: { length: 4 } }])
    expect(told(all, after)).toMatchObject([
      {
        id: `lead-0001:deal:${dealId}:no-longer-won:won`,
        type: 'DealOutcomeWithdrawn',
        causationId: 'void',
        data: {
          dealId,
          handoffId: dealId,
          outcome: 'won',
          phase: 'negotiation',
          because: { activityId: 'won' },
        },
      },
    ])
    const again = fact('again', 'deal.won', '05-04T16:00', {})
    expect(told(after, [...after, again]).map(({ type }) => type)).toEqual(['DealPhaseChanged', 'DealWon'])
  })

  it('is taken back with a deal that is there no more', () => {
    const alone = fact('w', 'deal.won', '05-04T13:00', { dealId: 'crm-9' })
    const voided = fact('void', 'activity.voided', '05-04T15:00', { activityId: 'w' })
    expect(folded([needs, alone, voided]).deals).toMatchObject([{ dealId: 'needs', status: 'open' }])
    expect(told([alone], [alone, voided])).toMatchObject([
      { type: 'DealOutcomeWithdrawn', data: { dealId: 'crm-9', outcome: 'won', phase: null } },
    ])
  })

  it('is taken back when the deal is opened again, and its second end is another one', () => {
    const lost = fact('lost', 'deal.lost', '05-04T13:00', { reason: 'timing' })
    const back = fact('back', 'deal.moved', '05-04T14:00', { phase: 'proposal', reason: 'budget' })
    const wonAfter = fact('won-2', 'deal.won', '05-04T15:00')
    expect(told([accepted, lost], [accepted, lost, back]).map(({ id }) => id)).toEqual([
      `lead-0001:deal:${dealId}:no-longer-lost:lost`,
      `lead-0001:deal:${dealId}:proposal`,
    ])
    expect(told([accepted, lost, back], [accepted, lost, back, wonAfter]).map(({ id }) => id)).toEqual([
      `lead-0001:deal:${dealId}:closing:2`,
      `lead-0001:deal:${dealId}:won:2`,
    ])
  })
})

describe('deals in the timeline', () => {
  const followed = (facts: readonly Fact[], id: string) =>
    timelineOf(facts, rules, now)
      .find((entry) => entry.id === id)
      ?.followed.filter(({ type }) => type.startsWith('deal'))

  it('shows each step at its activity, and the end', () => {
    expect(followed(all, 'accepted')).toEqual([
      { type: 'deal', dealId, from: null, to: 'lead_qualification' },
    ])
    expect(followed(all, 'won')).toEqual([
      { type: 'deal', dealId, from: 'negotiation', to: 'closing' },
      { type: 'dealWon', dealId, value: '1234.50', currency: 'EUR' },
    ])
    const lost = fact('lost', 'deal.lost', '05-04T13:00', { reason: 'price' })
    expect(followed([accepted, lost], 'lost')).toContainEqual({ type: 'dealLost', dealId, reason: 'price' })
  })

  it('says why an activity left its deal where it was', () => {
    const late = fact('late-needs', 'needs.recorded', '05-04T12:30')
    expect(followed([...all, late], 'late-needs')).toEqual([
      {
        type: 'dealStayed',
        dealId,
        status: 'open',
        phase: 'negotiation',
        wanted: 'needs_analysis',
        because: 'backwards',
      },
    ])
  })

  it('shows nothing of a step that was taken back', () => {
    const voided = fact('void', 'activity.voided', '05-04T15:00', { activityId: 'proposal' })
    expect(followed([...all, voided], 'proposal')).toEqual([])
    expect(followed([...all, voided], 'negotiation')).toEqual([
      { type: 'deal', dealId, from: 'needs_analysis', to: 'negotiation' },
    ])
  })
})
