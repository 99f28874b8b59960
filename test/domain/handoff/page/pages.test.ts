import { describe, expect, it } from 'vitest'
import {
  renderAnsweredPage,
  renderHandedOnPage,
  renderQuestionPage,
} from '../../../../domain/handoff/answer-page.ts'
import type { Handoff } from '../../../../domain/handoff/handoff.ts'
import type { Disposition } from '../../../../domain/model/handoff-rules.ts'
import { leadId } from '../../support/facts.ts'
import { team } from '../teams.ts'

const company = { name: 'Beispiel', address: 'Weg 1', imprint: 'https://b.example' }
const german = { language: 'de', company }
const reasons: Readonly<Record<string, Disposition>> = {
  'not-now': {
    type: 'recycle',
    stage: 'interest',
    pause: 30 * 86_400_000,
    label: { de: 'Noch nicht', en: 'Not yet' },
  },
  'wrong-fit': { type: 'close' },
}
const timeZone = 'Europe/Berlin'
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
  score: 70.4,
  stage: 'intent',
  requestedAt: '2026-02-01T10:00:05.000Z',
  dueAt: '2026-02-02T11:00:00.000Z',
  answer: { state: 'requested' },
  version: 1,
  outbox: [],
}
const forms = [
  {
    form: 'quote',
    title: 'Angebot',
    at: '2026-02-01T09:00:00.000Z',
    when: '01.02.2026, 10:00',
    answers: [
      { label: 'Nachricht', text: 'Zwei Hallen.\n<b>Mit</b> Wartung.', phone: '' },
      { label: 'Mobil', text: '0171 234', phone: '0171234' },
    ],
  },
]
const question = (name: string, preferReject = false, language = 'de') =>
  renderQuestionPage({ language, company }, handoff, {
    lead: { name, company: '', email: 'erika@example.com', phone: '+49 30 1234', forms },
    reasons,
    timeZone,
    preferReject,
  })

describe('the page that asks for an answer', () => {
  it('says who, why and until when, with the reasons in words', () => {
    const page = question('Erika Muster')
    for (const text of ['Erika Muster', '>70<', 'Kaufabsicht', '02.02.2026, 12:00', '>Noch nicht</option>'])
      expect(page).toContain(text)
    expect(question('', false, 'en')).toContain('A new lead')
    expect(question('', false, 'en')).toContain('>wrong fit</option>')
  })

  it('says how to reach the lead and what it wrote, its lines kept and nothing made a tag', () => {
    const page = question('Erika Muster')
    for (const text of [
      '<a href="mailto:erika@example.com">erika@example.com</a>',
      '<a href="tel:+49 30 1234">+49 30 1234</a>',
      '<dd class="words">Zwei Hallen.\n&lt;b&gt;Mit&lt;/b&gt; Wartung.</dd>',
      '<a href="tel:0171234">0171 234</a>',
    ])
      expect(page).toContain(text)
  })

  it('escapes what the lead gave as a name', () => {
    expect(question('<script>alert(1)</script>')).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  it('puts first what the link was for', () => {
    const order = (page: string) => page.indexOf('value="accept"') < page.indexOf('value="reject"')
    expect([order(question('E')), order(question('E', true))]).toEqual([true, false])
  })
})

describe('the page after an answer', () => {
  const answered = (answer: Handoff['answer']) =>
    renderAnsweredPage(german, { ...handoff, answer }, { reasons, timeZone })
  const at = '2026-02-01T12:00:00.000Z'

  it('says whom to call once the lead is accepted', () => {
    const lead = { name: 'Erika', company: '', email: 'erika@example.com', phone: '', forms }
    const accepted = { ...handoff, answer: { state: 'accepted', at, by: 'anna@sales.example.com' } } as const
    const page = renderAnsweredPage(german, accepted, { reasons, timeZone, lead })
    for (const text of ['erika@example.com', 'Zwei Hallen.', 'tel:0171234']) expect(page).toContain(text)
    expect(renderAnsweredPage(german, accepted, { reasons, timeZone })).not.toContain('erika@example.com')
  })

  it('says who answered, and what follows from the reason', () => {
    const page = answered({ state: 'rejected', at, by: 'ben@sales.example.com', reason: 'not-now' })
    for (const text of [
      'ben@sales.example.com',
      '01.02.2026, 13:00',
      'Noch nicht',
      '„Interesse“',
      '03.03.2026',
    ])
      expect(page).toContain(text)
    expect(answered({ state: 'rejected', at, by: 'b', reason: 'wrong-fit' })).toContain(
      'nicht wieder übergeben',
    )
    expect(answered({ state: 'accepted', at, by: 'b' })).toContain('Werbe-E-Mails an ihn ruhen')
  })

  it('says so by name where it is known, and without one where it came from another system', () => {
    const { owner } = handoff
    expect(answered({ state: 'accepted', at, by: owner.email.toUpperCase() })).toContain(owner.name)
    const elsewhere = answered({ state: 'accepted', at, by: 'activity' })
    expect(elsewhere).toContain('in einem anderen System')
    expect(elsewhere).not.toContain('activity')
    const lead = { name: 'Lea Kern', email: 'lea@sales.example.com' }
    const page = renderAnsweredPage(
      german,
      { ...handoff, answer: { state: 'rejected', at, by: lead.email, reason: 'not-now' } },
      { reasons, timeZone, team: { ...team(), lead } },
    )
    expect(page).toContain('Beantwortet von Lea Kern')
  })

  it('says that nobody answered in time', () => {
    expect(answered({ state: 'expired', at, returnedAs: 'not-now' })).toContain('wieder beim Marketing')
  })

  it('still shows an answer for a reason that the playbook has no more', () => {
    const page = answered({ state: 'rejected', at, by: 'ben', reason: 'constructor' })
    expect(page).toContain('Abgelehnt')
    expect(page).not.toContain('undefined')
  })

  it('names the new owner to an earlier one', () => {
    expect(renderHandedOnPage(german, handoff)).toContain('Inzwischen ist Anna Berg zuständig.')
  })
})
