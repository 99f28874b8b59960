const confirm = (subject: string): string => `---
subject: '${subject}'
preheader: One click
kind: transactional
---
<mjml><mj-body><mj-section><mj-column><mj-text>{{ consent.wording }}</mj-text><mj-button href="{{ links.confirm }}">OK</mj-button></mj-column></mj-section></mj-body></mjml>
`

const handoff = `---
subject: 'Lead for {{ handoff.owner }}'
preheader: Please answer until {{ handoff.dueAt }}
kind: transactional
---
<mjml><mj-body><mj-section><mj-column>
<mj-text>{% for row in explanation %}{{ row.rule }}: {{ row.decayedTo | round: 1 }}{% endfor %}</mj-text>
<mj-button href="{{ links.accept }}">Accept</mj-button>
</mj-column></mj-section></mj-body></mjml>
`

const welcome = (greeting: string): string => `---
subject: '${greeting}, {{ lead.firstName | default: "friend" }}'
preheader: Good to have you
kind: marketing
---
<mjml>
  <mj-body><mj-section><mj-column>
    <mj-text>${greeting}! <a href="{{ links.unsubscribe }}">Unsubscribe</a></mj-text>
  </mj-column></mj-section></mj-body>
</mjml>
`

const files: Readonly<Record<string, string>> = {
  'settings.yaml': `company: { name: Acme, address: 'Way 1, 10115 Berlin', imprint: https://www.example.com/imprint }
sender: { name: Acme, email: hello@mail.example.com, replyTo: info@example.com }
timeZone: Europe/Berlin
languages: [de, en]
sending: { days: [mon, tue], from: "08:00", to: "20:00" }
caps: [ { emails: 2, per: 2d } ]
`,
  'scoring.yaml': `fit:
  - { id: dach, when: 'lead.country in ["DE", "AT"]', points: 10 }
engagement:
  - { id: demo, on: demo.requested, points: 30, halfLife: 30d }
  - id: pricing
    on: page.viewed
    where: 'activity.path.startsWith("/pricing")'
    points: 5
    cap: { points: 15, per: 7d }
bands: { cold: 0, hot: 60, warm: 30 }
`,
  'funnel.yaml': `stages:
  - { id: awareness, goal: be seen, tactics: [ads], metrics: [visits, impressions, reach] }
  - { id: interest, goal: be read, tactics: [], metrics: [clicks], enter: 'did("newsletter.subscribed")' }
  - { id: consideration, goal: be weighed, tactics: [], metrics: [downloads], enter: 'score >= 40' }
  - { id: intent, goal: be wanted, tactics: [], metrics: [quoteRequests], enter: 'did("quote.requested")' }
  - { id: evaluation, goal: be tried, tactics: [], metrics: [offerRating], enter: 'count("sales.engaged", "30d") > 1' }
  - { id: purchase, goal: be bought, tactics: [], metrics: [revenue], enter: 'did("order.completed")' }
`,
  'handoff.yaml': `qualify: 'score >= 60 && stageAtLeast("intent") && consented'
require: [email]
teams:
  dach:
    timeZone: Europe/Berlin
    hours: { days: [mon, fri], from: "09:00", to: "17:00" }
    holidays: [2026-12-25]
    strategy: round-robin
    lead: { name: Lea, email: lea@sales.example.com }
    members:
      - { name: Anna, email: anna@sales.example.com, weight: 1 }
      - { name: Ben, email: ben@sales.example.com }
route:
  - { when: 'lead.country == "DE"', team: dach }
  - { team: dach }
accept: { remind: 2h, escalate: 4h, reassign: 8h }
reject:
  not-now: { recycle: interest, pause: 30d }
  wrong-fit: { close: true }
`,
  'forms/newsletter.yaml': `id: newsletter
languages: [de, en]
title: { de: Post, en: News }
consent: double-opt-in
purpose: newsletter
wording: { de: Ja, en: 'Yes' }
activity: newsletter.subscribed
thanks: http://localhost:8080/thanks
origins: ['https://www.example.com']
fields:
  - { name: email, type: email, required: true, label: { de: E-Mail, en: Email } }
  - { name: firstName, type: text, maxLength: 80, label: { de: Vorname, en: First name } }
  - name: plant
    type: select
    label: { de: Werk, en: Plant }
    options: [ { value: one, label: { de: Eins, en: One } } ]
`,
  'sequences/interest.yaml': `id: interest
enter: { stage: interest }
audience: 'lead.language == "de"'
reenter: 90d
exit: 'stageAtLeast("intent")'
goal: 'did("demo.requested")'
steps:
  - email: welcome
  - wait: 3d
  - wait: { until: "tuesday 10:00" }
  - if: 'clicked("welcome")'
    then: [ { set: { segment: keen } } ]
    else: [ { email: welcome } ]
`,
  'emails/confirm.de.mjml': confirm('Bitte bestätigen'),
  'emails/confirm.en.mjml': confirm('Please confirm'),
  'emails/handoff.de.mjml': handoff,
  'emails/handoff.en.mjml': handoff,
  'emails/welcome.de.mjml': welcome('Willkommen'),
  'emails/welcome.en.mjml': welcome('Welcome'),
}

/** A playbook without a fault, as small as one can be that uses everything; `changes` replace whole files, undefined removes one. */
export const smallPlaybook = (
  changes: Readonly<Record<string, string | undefined>> = {},
): Map<string, string> => {
  const all = Object.entries({ ...files, ...changes })
  return new Map(all.flatMap(([file, text]) => (text === undefined ? [] : [[file, text] as const])))
}

/** One file of it with a passage replaced. @throws when the passage is not there. */
export const changed = (file: string, from: string, to: string): Map<string, string> => {
  const text = files[file]
  if (text?.includes(from) !== true) throw new Error(`${file} has no ${from}`)
  return smallPlaybook({ [file]: text.replace(from, () => to) })
}
