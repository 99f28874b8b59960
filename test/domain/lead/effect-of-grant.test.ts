import fc from 'fast-check'
import { expect, test } from 'vitest'
import { effectOfGrant } from '../../../domain/lead/consent.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { runs } from '../../support/runs.ts'
import { fact, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const purpose = 'newsletter'
const submission = fc.constantFrom('f0', 'f1', 'f2', 'f3')
const deed = fc.oneof(
  fc.constant({ type: 'form.submitted', properties: { form: 'newsletter', fields: {}, language: 'en' } }),
  fc.constant({ type: 'consent.granted', properties: { purpose } }),
  fc.constant({ type: 'consent.granted', properties: { purpose, how: 'preference-page' } }),
  submission.map((id) => ({
    type: 'consent.granted',
    properties: { purpose, submission: id, confirmed: true },
  })),
  fc.constantFrom('email.unsubscribed', 'email.complained').map((type) => ({ type, properties: {} })),
  fc.constant({ type: 'email.bounced', properties: { bounceType: 'Permanent' } }),
)

test('what a confirmation would do, as the page says, is what it does', () => {
  fc.assert(
    fc.property(fc.array(deed, { minLength: 1, maxLength: 7 }), submission, (deeds, confirmed) => {
      const facts = deeds.map(
        ({ type, properties }, index): Fact => fact(`f${index}`, type, `03-0${index + 1}T08:00`, properties),
      )
      const before = stored(foldLead(facts, rules))
      const properties = { purpose, submission: confirmed, confirmed: true }
      const after = stored(
        foldLead([...facts, fact('last', 'consent.granted', '03-09T08:00', properties)], rules),
      )
      const effect = effectOfGrant(
        { ...before, consent: before.consent[purpose], suppression: before.suppression },
        properties,
      )
      const hasChanged = after.consent[purpose]?.factId === 'last'
      expect(hasChanged).toBe(effect === 'granted' || effect === 'proven')
      if (effect === 'outdated') expect(after.consent[purpose]?.status).toBe('withdrawn')
      if (effect === 'unchanged') expect(after.consent[purpose]).toMatchObject({ confirmed: true })
      if (hasChanged) expect(after.consent[purpose]).toMatchObject({ status: 'granted', confirmed: true })
      expect(after.suppression !== undefined).toBe(before.suppression !== undefined && effect !== 'proven')
    }),
    { numRuns: runs(500) },
  )
})
