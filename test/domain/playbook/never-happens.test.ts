import { describe, expect, it } from 'vitest'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { changed, smallPlaybook } from './small-playbook.ts'

const told = (files: ReadonlyMap<string, string>): readonly string[] =>
  parsePlaybook(files).faults.map(({ line, severity, message }) => `${line} ${severity}: ${message}`)

const form = `id: visit
languages: [de, en]
title: { de: Besuch, en: Visit }
consent: none
fields:
  - { name: email, type: email, required: true, label: { de: E-Mail, en: Email } }
  - name: city
    type: select
    label: { de: Stadt, en: City }
    options: [berlin, hamburg, munich]
`
const sequence = (steps: string, exit = '') =>
  smallPlaybook({
    'forms/visit.yaml': form,
    'sequences/interest.yaml': `id: interest\nenter: { stage: interest }\n${exit}steps:\n${steps}`,
  })

describe('what can never happen is told', () => {
  it.each([
    [
      '  - if: \'lead.city == "Berlin"\'\n    then: [ { exit: true } ]\n',
      '4 warning: no form offers "Berlin" for lead.city; did you mean "berlin"?',
    ],
    [
      '  - if: \'lead.city in ["berlin", "Rome"]\'\n    then: [ { exit: true } ]\n',
      '4 warning: no form offers "Rome" for lead.city; there is: berlin, hamburg, munich',
    ],
    [
      '  - if: \'has(lead.city) && !("Hamburg" == lead.city)\'\n    then: [ { exit: true } ]\n',
      '4 warning: no form offers "Hamburg" for lead.city; did you mean "hamburg"?',
    ],
    ['  - wait: { date: city }\n  - email: welcome\n', `4 warning: "city" is not a date field of any form`],
    [
      '  - exit: true\n  - email: welcome\n',
      '5 warning: unreachable: the "exit" before it ends the sequence',
    ],
    [
      '  - email: welcome\n  - wait: 3d\n  - email: welcome\n',
      '6 warning: everybody here gets "welcome" a second time',
    ],
    [
      '  - if: \'clicked("welcome")\'\n    then: [ { exit: true } ]\n',
      '4 warning: this sequence does not send "welcome": only recipients in another one can have clicked',
    ],
  ])('%j', (steps, message) => {
    expect(told(sequence(steps))).toEqual([message])
  })

  it.each([
    '  - email: welcome\n  - if: \'clicked("welcome") && lead.city == "berlin"\'\n    then: [ { exit: true } ]\n    else: [ { email: welcome } ]\n',
    '  - set: { city: rome }\n  - if: \'lead.city == "rome"\'\n    then: [ { exit: true } ]\n',
    '  - if: \'lead.country == "Atlantis"\'\n    then: [ { exit: true } ]\n',
  ])('and %j is none of it', (steps) => {
    expect(told(sequence(steps))).toEqual([])
  })
})

describe('placeholders of other programs are told, with ours', () => {
  const inText = (text: string) => told(changed('emails/welcome.en.mjml', 'Welcome! <a', `${text} <a`))
  it.each([
    ['*|FNAME|*', 'Mailchimp', '{{ lead.firstName | default: "…" }}'],
    ['*|EMAIL|*', 'Mailchimp', '{{ lead.email }}'],
    ['*|UNSUB|*', 'Mailchimp', '{{ links.unsubscribe }}'],
    ['{contactfield=firstname}', 'Mautic', '{{ lead.firstName | default: "…" }}'],
    ['{contactfield=company|there}', 'Mautic', '{{ lead.company | default: "…" }}'],
    ['{unsubscribe_url}', 'Mautic', '{{ links.unsubscribe }}'],
    ['%%first_name%%', 'Salesforce', '{{ lead.firstName | default: "…" }}'],
    ['%LASTNAME%', 'ActiveCampaign', '{{ lead.lastName | default: "…" }}'],
    ['[[firstname]]', 'another program', '{{ lead.firstName | default: "…" }}'],
    ['[VORNAME]', 'another program', '{{ lead.firstName | default: "…" }}'],
  ])('%s', (tag, program, own) => {
    expect(inText(tag)).toEqual([
      `8 warning: ${tag} is a placeholder of ${program}, and would be printed as it is: write ${own}`,
    ])
  })

  it('in the front matter, too, and where they look like ours', () => {
    expect(
      told(changed('emails/welcome.en.mjml', "subject: 'Welcome,", "subject: '*|FNAME|*,")),
    ).toHaveLength(1)
    expect(inText('{{ contact.firstname }}')).toEqual([
      '8 error: unknown variable "contact"; here it is {{ lead.firstName | default: "…" }}',
    ])
  })

  it('but not what is none', () => {
    expect(inText('100 % sicher, 5 %, [1], {x}, #top, *wichtig*, a|b, [ISO]')).toEqual([])
  })
})

it('a subject that no inbox shows is told', () => {
  expect(told(changed('emails/welcome.en.mjml', 'Welcome,', 'x'.repeat(400)))).toEqual([
    expect.stringMatching(/^2 warning: 40\d characters: inboxes show about 60 of a subject$/),
  ])
})
