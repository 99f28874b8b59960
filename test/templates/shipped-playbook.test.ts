import { beforeAll, describe, expect, it } from 'vitest'
import { foldLead } from '../../domain/lead/fold.ts'
import { stageIds } from '../../domain/model/deal.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { compileRules, type Rules } from '../../domain/rules/rules.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'

/** What each stage is measured by (CONTRACT section 3), in the order of the stages. */
const signs: readonly (readonly string[])[] = [
  ['ad.impression', 'ad.clicked', 'page.viewed'],
  ['content.viewed', 'page.engaged', 'newsletter.subscribed'],
  ['demo.requested', 'content.downloaded', 'webinar.registered', 'webinar.attended'],
  ['quote.requested', 'cart.updated', 'prices.compared', 'sample.requested'],
  ['sales.engaged', 'offer.rated', 'support.contacted'],
  ['order.completed'],
]

describe('the shipped playbook', () => {
  let playbook: Playbook
  let rules: Rules
  beforeAll(async () => {
    const loaded = await loadPlaybook('templates')
    if (!loaded.playbook) throw new Error('the shipped playbook does not load')
    playbook = loaded.playbook
    rules = compileRules(playbook)
  })

  const leadAfter = (types: readonly string[], fields: Record<string, string | number> = {}) => {
    const profile =
      Object.keys(fields).length === 0 ? [] : [{ type: 'profile.updated', properties: { fields } }]
    const consent = { type: 'consent.granted', properties: { purpose: 'newsletter' } }
    const facts = [...profile, consent, ...types.map((type) => ({ type, properties: {} }))].map(
      (fact, index) => ({
        ...fact,
        id: `fact-${index}`,
        email: 'a@werk.example.net',
        occurredAt: `2026-03-02T09:${String(10 + index)}:00.000Z`,
      }),
    )
    const state = foldLead(facts, rules)
    if (!state) throw new Error('no lead')
    return state
  }
  const stagesOf = (types: readonly string[]) => leadAfter(types).stages.map(({ stage }) => stage)

  it('moves a lead one stage on by each thing that the stage is measured by', () => {
    const firsts = signs.map(([first = '']) => first)
    for (const [rank, types] of signs.entries())
      for (const type of types)
        expect([type, stagesOf([...firsts.slice(0, rank), type])]).toEqual([
          type,
          stageIds.slice(0, rank + 1),
        ])
  })

  it('does not take a question to support for an evaluation where no project is under way', () => {
    expect(stagesOf(['newsletter.subscribed', 'support.contacted'])).toEqual(['awareness', 'interest'])
  })

  it('does not take the perfect address for interest in a product', () => {
    const perfect = { country: 'DE', employees: 900, role: 'energy' }
    expect(leadAfter(['newsletter.subscribed'], perfect).stage.stage).toBe('interest')
    expect(leadAfter(['newsletter.subscribed'], perfect).qualifications).toEqual([])
  })

  it('hands over who asked for a demo and a quote, but not who only studies', () => {
    const way = ['newsletter.subscribed', 'demo.requested', 'quote.requested']
    expect(leadAfter(way).qualifications).toHaveLength(1)
    expect(leadAfter(way.slice(0, 2)).qualifications).toEqual([])
    expect(leadAfter(way, { role: 'student' }).qualifications).toEqual([])
  })

  it('has a sequence for each stage that writes at least twice, pauses between, and ends at the next stage', () => {
    const forCustomers = ['satisfaction', 'repeat', 'renewal']
    expect(Object.keys(playbook.sequences).sort()).toEqual([...stageIds, ...forCustomers].sort())
    for (const [rank, stage] of stageIds.entries()) {
      const sequence = playbook.sequences[stage]
      expect(sequence).toMatchObject({ enter: { stage }, reenter: 'never' })
      expect(sequence?.goal).toBeDefined()
      const next = stageIds[rank + 1]
      expect(sequence?.exit).toBe(next && `stageAtLeast("${next}")`)
      const kinds = sequence?.program.map(({ type }) => type) ?? []
      expect(kinds[0]).toBe(stage === 'interest' ? 'email' : 'wait')
      expect(kinds.filter((kind) => kind === 'email').length).toBeGreaterThanOrEqual(2)
      expect(kinds.join(' ')).not.toContain('email email')
    }
  })

  it('shipped forms ask for one consent at a time, and say that they profile', () => {
    const { newsletter, demo, quote } = playbook.forms
    expect(newsletter?.tracking).toBeUndefined()
    expect(newsletter?.optIn?.purpose).toBe('tracking')
    expect(JSON.stringify(newsletter?.wording)).not.toMatch(/messen|measure/)
    for (const form of [demo, quote]) {
      expect(form?.wording?.de).toMatch(/Profiling/)
      expect(form?.wording?.en).toMatch(/profiling/)
      expect(JSON.stringify(form?.wording)).not.toMatch(/nur dafür|nothing else/)
      expect(form?.wording?.de).toMatch(/Telefon, wenn ich meine Nummer angebe/)
    }
  })
})
