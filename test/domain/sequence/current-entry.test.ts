import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { currentEntry, whyOver } from '../../../domain/sequence/run.ts'
import { fact, leadId, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const state = stored(foldLead([fact('demo', 'demo.requested', '01-05T09:00')], compileRules(makePlaybook())))

describe('the entry that a decision told of', () => {
  test('is found by stage and cycle', () => {
    expect(currentEntry(leadId, `${leadId}:stage:consideration:1`, state)).toMatchObject({ factId: 'demo' })
  })

  test.each(['intent:1', 'consideration:2'])('is not there: %s', (which) => {
    expect(currentEntry(leadId, `${leadId}:stage:${which}`, state)).toBeUndefined()
  })

  test.each([`${leadId}:activity:demo`, 'lead-0002:stage:consideration:1'])('is none: %s', (decisionId) => {
    expect(currentEntry(leadId, decisionId, state)).toBe('other')
  })
})

test('a run that began with something else than a stage is not over for want of one', () => {
  expect(whyOver({ leadId, entryId: `${leadId}:activity:demo` }, { state })).toBeUndefined()
})
