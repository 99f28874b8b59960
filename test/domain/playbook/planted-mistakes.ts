const terms = Array(10_000).fill('consented').join(' || ')
const manyTerms = `${terms.slice(0, 4000)}«terms»${terms.slice(4000)}`
const deepParentheses = `${'('.repeat(40)}«nested»${'('.repeat(960)}true${')'.repeat(1000)}`
const manyWays = `«ways-through»${'a?'.repeat(30)}${'a'.repeat(30)}`

/** A whole playbook full of slips. `«name»` marks the very place of each; the marks are taken out before it is read. */
export const plantedMistakes: Readonly<Record<string, string>> = {
  'settings.yaml': `company: { name: Acme, address: 'Way 1', imprint: «url»http://www.example.com/imprint }
sender: { name: Acme, email: «address»hello(at)example.com, «unknown-key»replyto: info@example.com }
timeZone: «zone»Europe/Berln
languages: [de, «language»english]
identity: { «identity-key»plustags: same, case: «identity-case»ignore }
sending: { days: [mon, «weekday»tues], from: "08:00", to: "20:00" }
caps:
  - { emails: «few»0, per: «duration»2 days }
`,
  'scoring.yaml': `fit:
  - { id: dach, when: 'lead.country in«syntax»', points: 10 }
  - { id: «twice»dach, when: 'lead.country == "DE"', points: «number»ten }
  - { id: round, when: "«circular»score > 10", points: 5 }
  - { id: near, when: 'lead.«attribute»contry == "DE"', points: 1 }
  - { id: kind, when: 'lead.employees > 5 && («deep-type»"yes" || consented)', points: 1 }
  - { id: flag, when: '«flag»lead.newsletter', points: 1 }
  - { id: size, when: 'lead.employees > «text-as-number»"100" || lead.country == «number-as-text»5', points: 1 }
  - { id: nobody, when: consented, points: 1, «nothing-unknown»unknown: -5 }
engagement:
  - id: demo
    on: «near-type»demo.requestd
    points: 30
    halfLife: «half-life»30
  - id: pricing
    on: «type»PageViewed
    where: 'activity.path.startsWith("/pricing") && «activity-name»activty.seconds > 5'
    points: 5
    cap: { points: «negative»-15, per: 7d }
  - «no-points»{ id: quiet, on: ad.clicked }
  - { id: bare, on: page.viewed, where: «bare»activity.path, points: 1 }
  - { id: operand, on: page.viewed, where: 'consented && !(«operand»activity.returning)', points: 1 }
  - { id: method, on: page.viewed, where: 'activity.path.«method»startsWidth("/")', points: 1 }
  - { id: library, on: page.viewed, where: 'type(activity.path) == «library»string', points: 1 }
  - { id: hangs, on: page.viewed, where: 'activity.path.matches("«hangs»(a+)+$")', points: 1 }
  - { id: tries, on: page.viewed, where: 'activity.path.matches("${manyWays}")', points: 1 }
  - { id: never, on: page.engaged, where: 'activity.seconds > 60 && «never»activity.seconds < 10', points: 1 }
  - { id: rated, on: offer.rated, where: 'activity.rating > «out-of-range»7', points: 1 }
  - { id: other, on: page.viewed, where: 'activity.type == «other-type»"demo.requested"', points: '5 / «zero»0' }
  - { id: order, on: order.completed, points: 'activity.amount / «points-name»hundred' }
  - { id: words, on: order.completed, points: '«points-kind»"ten"', group: site }
  - { id: fading, on: ad.clicked, points: 1, halfLife: 7d, «both-fade»expires: 30d, group: «group»siet }
  - { id: once, on: ad.clicked, points: 1, halfLife: 7d, first: true, «first-max»max: true }
  - id: often
    on: ad.clicked
    points: 1
    cap: [ { points: 5, per: 7d }, { points: 9, per: «same-per»7d }, { points: 9, per: «per»fortnight } ]
groups:
  site: { cap: { points: 9, per: day } }
  «idle-group»idle: { max: true }
grades: { fit: «grades»[10, 20, 30] }
«floor»bands: { cold: 5, warm: 30 }
`,
  'funnel.yaml': `stages:
  - { id: awareness, goal: be seen, tactics: [], metrics: [«metric»visit], «first»enter: 'did("page.viewed")' }
  - id: interest
    goal: be read
    tactics: «list»ads
    metrics: [clicks]
    enter: 'did("newsletter.subscribed")
      || did("content.viewed", "«window»7 days")'
  - id: consideration
    goal: be weighed
    tactics: []
    metrics: [downloads]
    enter: |
      did("demo.requested") ||
      «cel-name»scor >= 40 || «second-name»scoer > 1 || «third-name»dit("demo.requested")
  - { id: «unreached»intent, goal: be wanted, tactics: [], metrics: [] }
  - { id: evaluation, goal: be tried, tactics: [], metrics: [], enter: 'did("«own-program»trial.started") && «contradiction»stage == "purchase"' }
  - { id: «stage-id»purchse, goal: be bought, tactics: [], metrics: [], enter: "band == \\"«band»hott\\"" }
`,
  'handoff.yaml': `qualify: 'score >= 60 && stageAtLeast("«stage»intnt")'
require: [email, «required»telephone]
teams:
  dach:
    timeZone: Europe/Berlin
    hours: { days: [mon], from: "17:00", to: «hours»"09:00" }
    holidays: [«date»2026-02-30]
    strategy: «strategy»roundrobin
    members:
      - { name: Anna, email: «member»anna.sales.example.com }
  «leaderless»uk: { timeZone: Europe/London, hours: { days: [mon], from: "09:00", to: "17:00" }, strategy: weighted, «members»members: [] }
route:
  - { when: 'lead.country == "DE"', team: «team»dahc }
  - { «last-route»when: 'consented', team: uk }
accept: { remind: 4h, escalate: «deadline»2h }
reject:
  not-now: { recycle: «recycle»interrest, pause: 30d }
  wrong-fit: { «reject-key»closed: true }
`,
  'forms/newsletter.yaml': `id: «form-id»news
languages: [de, en]
«translation»title: { de: Post }
consent: «purpose»«wording»double-opt-in
activity: «near-form»newsletter.subscribd
thanks: «thanks»/thanks
origins: [«origin»'https://www.example.com/page']
fields:
  - «required-email»{ name: email, type: email, label: { de: E-Mail, en: Email } }
  - { name: plant, type: «options»select, label: { de: Werk, en: Plant } }
  - { name: «same-field»plant, type: text, «no-meaning»min: 1, label: { de: Werk, en: Plant } }
`,
  'sequences/interest.yaml': `id: interest
enter: { «trigger»stag: interest }
audience: 'lead.language == "de" «assign»= "en"'
reenter: «reenter»sometimes
exit: 'stageAtLeast("intent") && «type-error»"yes"'
steps:
  - email: «email»welcom
  - wait: { until: «until»"tusday 10:00" }
  - «step»emial: welcome
  - if: 'clicked("«clicked»wellcome")'
    then: [ { wait: «wait»three days } ]
  - { notify: { team: «notify-team»dack, message: now } }
  - { wait: { for: «awaited»demo.requestd, timeout: «forever»99999w } }
  - { wait: { date: «date-attribute»renwsAt, before: «whole-days»36h } }
  - { wait: { date: «no-date»employees, after: 7d, at: «date-time»9 o'clock } }
  - { wait: { date: «other-text»country, before: 7d, «two-sided»after: 7d } }
  - { enter: «enters»coolng }
  - { exit: «exit»false }
  - { enter: «circle»cooling }
  - email: «of-system»confirm
  - split: { name: test, «ways»ways: { a: [ { email: welcome } ] } }
`,
  'sequences/cooling.yaml': `id: cooling
enter: { activity: «own-trigger»factory.visited }
audience: 'score < 10 && «apart»score > 20'
exit: «always»'stageAtLeast("awareness")'
stale: «stale»1 day
goal: 'did("demo.requested") && «below-zero»count("page.viewed") < 0'
steps:
  - { enter: «back»interest }
  - if: «constant»'1 > 2'
    then: [ { email: welcome } ]
  - if: '${manyTerms}'
    then: [ { email: welcome } ]
  - if: '${deepParentheses}'
    then: [ { email: welcome } ]
  - if: 'clicked("welcome") || (opened("welcome") && «right-operand»band)'
    then: [ { email: welcome } ]
`,
  'emails/confirm.de.mjml': `---
subject: 'Bestätigen {{ links.«confirm-link»confirmation }}'
preheader: Ein Klick
kind: transactional
---
«unsaid»<mjml><mj-body></mj-body></mjml>
`,
  'emails/welcome.de.mjml': `---
subject: 'Willkommen, {{ lead.«no-default»firstName }}'
preheader: «braces»{{ oops }}
kind: «kind»advert
---
<mjml><mj-body></mj-body></mjml>
`,
  'emails/offer.de.mjml': `---
subject: Ein Angebot
preheader: 'Nur {{ "heute" | «filter»upcas }}'
kind: «unsubscribe»marketing
---
<mjml>
  <mj-body>
    <mj-text>Hallo {{ «root»led.firstName }}, {{ lead.«email-attribute»firstNam }}</mj-text>
    {% for row in «sales-only»explanation %}{% endfor %}
  </mj-body>
</mjml>
`,
  'emails/broken.de.mjml': `---
subject: Kaputt
preheader: Kaputt
kind: transactional
---
<mjml>
  «open-output»{{ lead.firstName
</mjml>
`,
  'emails/tags.de.mjml': `---
subject: Kaputt
preheader: Kaputt
kind: transactional
---
<mjml>
  {% «tag»fro x in y %}
  {% «end-tag»endfor %} {{ «no-value»| upcase }}
</mjml>
`,
}
