import { describe, expect, it } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, leadId, leadIdOf, stored } from '../support/facts.ts'
import { handoff, makePlaybook } from '../support/make-playbook.ts'

/** Everybody who comes near is drawn. */
const exploring = (explore: number) => compileRules(makePlaybook({ handoff: { ...handoff, explore } }))
const all = exploring(1)

const granted = fact('b', 'consent.granted', '03-01T09:00', { purpose: 'newsletter' })
const known = { ...fact('a', 'page.viewed', '03-01T08:00'), email: 'ada@example.com' }
/** 40 for the quote, 10 for the newsletter: 50 of 60 points, above four fifths of them. */
const near = [
  known,
  granted,
  fact('n', 'newsletter.subscribed', '03-01T10:00'),
  fact('q', 'quote.requested', '03-01T11:00'),
]
const drawn = (cycle = 1) => fact('x', 'lead.explored', '2026-03-01T11:00:00.001Z', { cycle, share: 1 })

const given = (facts: readonly Fact[], rules = all) => stored(foldLead(facts, rules))
const decided = (facts: readonly Fact[], rules = all, lead = leadId) =>
  decide({ leadId: lead }, undefined, given(facts, rules)).map(({ id, type }) => [
    type,
    id.replace(`${lead}:`, ''),
  ])

describe('a lead just below the threshold', () => {
  it('is drawn, and qualifies once its log says so, with a mark', () => {
    expect(given(near).qualifications).toEqual([])
    expect(decided(near)).toContainEqual(['LeadExplored', 'explored:1'])
    expect(given([...near, drawn()]).qualifications).toEqual([
      { cycle: 1, at: '2026-03-01T11:00:00.001Z', factId: 'q', score: expect.closeTo(50, 1), explored: 1 },
    ])
    const [qualified] = decide({ leadId }, given(near), given([...near, drawn()]))
    expect(qualified).toMatchObject({
      type: 'LeadQualified',
      id: `${leadId}:qualified:1`,
      data: { explored: 1 },
    })
  })

  it('is drawn by its id and cycle: as many as the share says, and always the same', () => {
    const ids = Array.from({ length: 2_000 }, (_, number) =>
      leadIdOf(`lead-${String(number).padStart(6, '0')}`),
    )
    const state = given(near, exploring(0.03))
    const isDrawn = (lead: typeof leadId): boolean =>
      decide({ leadId: lead }, undefined, state).some(({ type }) => type === 'LeadExplored')
    const count = ids.filter(isDrawn).length
    expect(count).toBeGreaterThan(40)
    expect(count).toBeLessThan(80)
    expect(ids.filter(isDrawn)).toHaveLength(count)
  })

  it('is not drawn where nobody is, nor farther below, nor without what else is asked for', () => {
    const plain = compileRules(makePlaybook())
    expect(decided(near, plain).map(([type]) => type)).not.toContain('LeadExplored')
    expect(given([...near, drawn()], plain).qualifications).toEqual([])
    for (const missing of ['a', 'b', 'n', 'q']) {
      const facts = near.filter(({ id }) => id !== missing)
      expect([missing, given([...facts, drawn()]).qualifications]).toEqual([missing, []])
    }
  })

  it('is no trial once it qualifies by itself', () => {
    const demo = fact('d', 'demo.requested', '03-01T10:30')
    expect(decided([...near, demo]).map(([type]) => type)).not.toContain('LeadExplored')
    const { qualifications } = given([...near, demo, drawn()])
    expect(qualifications.map(({ factId, explored }) => [factId, explored])).toEqual([['q', undefined]])
  })

  it('goes back to marketing like any other when sales rejects it', () => {
    const rejected = fact('r', 'handoff.rejected', '03-02T08:00', {
      reason: 'not-now',
      handoffId: `${leadId}.1`,
    })
    const state = given([...near, drawn(), rejected])
    expect(state.cycle).toBe(2)
    // A mark of an earlier cycle counts for nothing.
    expect(given([...near, drawn(2)]).qualifications).toEqual([])
  })

  it('is taken back with what brought it near', () => {
    const voided = fact('v', 'activity.voided', '03-01T12:00', { activityId: 'q' })
    const changes = decide({ leadId }, given([...near, drawn()]), given([...near, drawn(), voided]))
    expect(changes.map(({ type }) => type)).toContain('QualificationWithdrawn')
  })
})
