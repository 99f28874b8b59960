import { describe, expect, it } from 'vitest'
import { compileCondition } from '../../../domain/condition/compile-condition.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { viewAt } from '../../../domain/lead/lead-view.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { unknownNames } from '../../../domain/playbook/faults.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'
import { ask } from './given-context.ts'

const rules = compileRules(makePlaybook())
const now = '2026-06-01T00:00:00.000Z'
const seen = fact('p', 'page.viewed', '05-04T08:00')
const accepted = fact('h', 'handoff.accepted', '05-04T09:00', { handoffId: 'lead-0001.1' })
const offered = fact('o', 'proposal.sent', '05-04T10:00')
const won = fact('w', 'deal.won', '05-04T11:00')
const further = fact('f', 'deal.opened', '05-04T12:00')

const holdsFor = (source: string, facts: readonly Fact[]): boolean =>
  ask(source, viewAt({ state: stored(foldLead([seen, ...facts], rules, now)) }, rules, now))

describe('what a condition may ask about deals', () => {
  it.each<[string, readonly Fact[], boolean]>([
    ['phase == ""', [], true],
    ['phase == "proposal"', [accepted, offered], true],
    ['phase in ["proposal", "negotiation"]', [accepted, offered], true],
    ['phaseAtLeast("lead_generation")', [], false],
    ['phaseAtLeast("proposal")', [accepted], false],
    ['phaseAtLeast("proposal")', [accepted, offered], true],
    ['phaseAtLeast("proposal")', [accepted, offered, won], true],
    ['customer', [accepted, offered], false],
    ['!customer', [accepted, offered], true],
    ['customer', [accepted, won], true],
    // The latest deal has begun only just; the customer remains one.
    ['customer && phase == "lead_qualification"', [accepted, won, further], true],
  ])('%s', (source, facts, expected) => {
    expect(holdsFor(source, facts)).toBe(expected)
  })

  it.each([
    ['phaseAtLeast("proposl")', /unknown sales phase "proposl"/],
    ['phaseAtLeast(lead.phase)', /the sales phase must be written out/],
    ['phase >= 3', /text/],
    ['customer == "yes"', /./],
  ])('%s is a fault', (source, message) => {
    expect(compileCondition(source, 'lead')).toMatchObject({
      type: 'fault',
      message: expect.stringMatching(message),
    })
  })

  it('names that no phase has are told, with the nearest right one', () => {
    const compiled = compileCondition('phase == "proposl" || phase != ""', 'lead')
    const names = {
      ...{ emails: [], teams: [], sequences: [], bands: [], languages: [], attributes: [] },
      ...{ attributeValues: new Map(), activityTypes: [] },
    }
    expect(compiled.type === 'condition' && unknownNames(compiled.condition.mentions, names)).toEqual([
      { message: expect.stringMatching(/^unknown sales phase "proposl".*"proposal"/), offset: 10 },
    ])
  })
})
