import { describe, expect, it } from 'vitest'
import type { Handoff } from '../../../../domain/handoff/handoff.ts'
import { causeIn, handoffBrief } from '../../../../domain/handoff/handoff-brief.ts'
import { foldLead } from '../../../../domain/lead/fold.ts'
import type { Fact } from '../../../../domain/model/activity.ts'
import { compileRules } from '../../../../domain/rules/rules.ts'
import { fact, leadId } from '../../support/facts.ts'
import { makePlaybook } from '../../support/make-playbook.ts'

const base = makePlaybook()
const playbook = {
  ...base,
  scoring: {
    ...base.scoring,
    fit: [],
    engagement: [
      { id: 'demo', on: 'demo.requested', points: 30, label: { en: 'Asked for a demo', de: 'Vorführung' } },
      { id: 'old-visit', on: 'page.viewed', points: 40 },
    ],
  },
  handoff: {
    ...base.handoff,
    qualify: 'score >= 60',
    require: [],
    opening: [
      { when: 'did("quote.requested")', text: { en: 'About your quote', de: 'Zum Angebot' } },
      { text: { en: 'Good morning', de: 'Guten Morgen' } },
    ],
  },
}
const rules = compileRules(playbook)
const facts = [
  fact('visit', 'page.viewed', '01-01T10:00', { path: '/' }),
  fact('sent', 'email.sent', '01-02T10:00', { email: 'welcome', sendId: 's1' }),
  fact('sent2', 'email.sent', '01-03T10:00', { email: 'offer', sendId: 's2' }),
  fact('click', 'email.clicked', '01-03T11:00', { email: 'offer', sendId: 's2' }),
  fact('demo', 'demo.requested', '02-01T10:00'),
]
const state = foldLead(facts, rules)
if (!state?.qualifications[0]) throw new Error('the sample lead does not qualify')

const handoff: Handoff = {
  handoffId: `${leadId}.1`,
  leadId,
  team: 'dach',
  owner: { name: 'Anna Berg', email: 'anna@sales.example.com' },
  assignments: [
    {
      team: 'dach',
      owner: { name: 'Anna Berg', email: 'anna@sales.example.com' },
      at: '2026-02-01T10:00:05.000Z',
      because: 'routed',
    },
  ],
  score: 70,
  stage: 'intent',
  requestedAt: '2026-02-01T10:00:05.000Z',
  dueAt: '2026-02-02T11:00:00.000Z',
  answer: { state: 'requested' },
  version: 1,
  outbox: [],
}
const brief = (language: string, more: readonly (typeof facts)[number][] = []) => {
  const known = [...facts, ...more]
  const lead = { state: foldLead(known, rules) ?? state }
  const subjects = new Map([['s1', 'Welcome to us']])
  const reader = { language, timeZone: 'Europe/Berlin' }
  return handoffBrief({ handoff, lead, facts: known, subjects }, rules, reader, '2026-02-03T00:00:00.000Z')
}

describe('what brought a lead to sales, by its state alone', () => {
  const causeAfter = (...more: readonly Fact[]) => {
    const known = foldLead([...facts, ...more], rules)
    return known && causeIn(handoff, known)
  }

  it('is what came at the moment at which it qualified, while that is the latest of its type', () => {
    expect(causeAfter()).toEqual({ type: 'demo.requested', at: '2026-02-01T10:00:00.000Z' })
    expect(causeAfter(fact('more', 'quote.requested', '02-02T10:00'))?.type).toBe('demo.requested')
    expect(causeAfter(fact('again', 'demo.requested', '02-02T10:00'))).toBeUndefined()
  })

  it('is not what comes with everything', () => {
    expect(causeAfter(fact('a-form', 'form.submitted', '02-01T10:00', { form: 'demo' }))?.type).toBe(
      'demo.requested',
    )
  })
})

describe('what a salesperson is told', () => {
  it('says why now: the fact that tipped the scales and what came in the week before', () => {
    expect(brief('en').handoff).toMatchObject({
      because: 'Asked for a demo',
      becauseOn: '1 Feb 2026',
      gained: 30,
      score: 70,
      scoreNow: 70,
      stage: 'Intent',
      due: '2 Feb 2026, 12:00',
    })
    expect(brief('de').handoff).toMatchObject({
      because: 'Hat eine Vorführung angefragt',
      stage: 'Kaufabsicht',
      due: '02.02.2026, 12:00',
    })
  })

  it('gives the score of that moment in its parts, in the words of the playbook where it has some', () => {
    const later = fact('again', 'page.viewed', '02-02T10:00', { path: '/x' })
    expect(brief('de', [later])).toMatchObject({
      handoff: { score: 70, scoreNow: 110 },
      explanation: [
        { rule: 'old-visit', label: 'old visit', decayedTo: 40, when: '01.01.2026' },
        { rule: 'demo', label: 'Vorführung', decayedTo: 30 },
      ],
    })
  })

  it('tells what was sent, by the subject that was read, and what was clicked', () => {
    expect(brief('en').emails).toMatchObject([
      { subject: 'offer', reaction: 'clicked', clicked: true },
      { subject: 'Welcome to us', reaction: '', clicked: false },
    ])
  })

  it('suggests the first opening whose condition holds', () => {
    expect(brief('de').opening).toBe('Guten Morgen')
    expect(brief('en', [fact('q', 'quote.requested', '02-02T10:00')]).opening).toBe('About your quote')
  })
})

describe('a phone number', () => {
  const phone = '+49 30 23125 001'
  const granted = fact('granted', 'consent.granted', '02-01T11:00', {
    purpose: 'newsletter',
    form: 'newsletter',
    submission: 'form',
    confirmed: true,
  })
  const typed = fact('form', 'form.submitted', '02-01T09:00', { form: 'newsletter', fields: { phone } })
  const told = fact('told', 'profile.updated', '02-01T09:00', { fields: { phone } })

  it.each<[string, readonly Fact[], boolean]>([
    ['typed into a form', [typed], true],
    ['told by a program', [told], false],
    ['typed and told', [typed, { ...told, id: 'told-later' }], false],
    ['that is not there', [], false],
    ['typed, and its form confirmed', [typed, granted], false],
  ])('%s', (_, more, phoneUnproven) => {
    const log = [...facts, ...more].sort((one, other) => (one.occurredAt < other.occurredAt ? -1 : 1))
    const known = foldLead(log, rules)
    if (!known) throw new Error('the sample lead has no state')
    const brief = handoffBrief(
      { handoff, lead: { state: known }, facts: log, subjects: new Map() },
      rules,
      { language: 'en', timeZone: 'Europe/Berlin' },
      '2026-02-02T10:00:00.000Z',
    )
    expect(brief.handoff).toMatchObject({ phoneUnproven })
  })
})
