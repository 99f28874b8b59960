import { stringify } from 'yaml'
import { segmentCondition } from './conditions.ts'
import { severalValued } from './endpoints.ts'
import type { Journey, PinpointExport } from './export.ts'
import { callingTeam, journeySequences, type WrittenSequence } from './journey.ts'
import { makeIds } from './names.ts'
import type { Report } from './report.ts'
import { emailOfHtml, emailOfText } from './template.ts'

export interface MoveOptions {
  /** RFC 3339 UTC. */
  readonly now: string
  /** Of the emails: Pinpoint's templates name none. BCP 47. */
  readonly language: string
  /** IANA. */
  readonly timeZone: string
}

/** The playbook's own files, by path; what the system sends itself is not among them. */
export interface MovedPlaybook {
  readonly files: ReadonlyMap<string, string>
  /** Emails by their path: the same with the words alone, for those whose HTML does not pass the check. */
  readonly plain: ReadonlyMap<string, () => string>
  readonly sequences: number
}

const schemaLine = (schema: string, depth: string): string =>
  `# yaml-language-server: $schema=${depth}schema/${schema}.json\n`

const yamlFile = (schema: string, comment: string, content: unknown, depth = '../'): string =>
  `${schemaLine(schema, depth)}${comment === '' ? '' : `# ${comment.replaceAll('\n', ' ')}\n`}${stringify(content, { lineWidth: 0, aliasDuplicateObjects: false })}`

const senders = (journeys: readonly Journey[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const journey of journeys)
    for (const { EMAIL } of Object.values(journey.Activities ?? {})) {
      const from = EMAIL?.MessageConfig?.FromAddress?.trim()
      if (from) counts.set(from, (counts.get(from) ?? 0) + 1)
    }
  return counts
}

const mailbox = /^\s*(?:"?([^"<]*?)"?\s*<([^<>\s]+@[^<>\s]+)>|([^<>\s]+@[^<>\s]+))\s*$/

const senderOf = (journeys: readonly Journey[], report: Report) => {
  const tell = report.about('sender')
  const ranked = [...senders(journeys)].toSorted(([, a], [, b]) => b - a).map(([from]) => from)
  const [first, ...others] = ranked
  if (others.length > 0) tell('changed', `all emails come from ${first}, not from ${others.join(', ')}`)
  const match = mailbox.exec(first ?? '')
  const email = match?.[2] ?? match?.[3]
  if (email === undefined) tell('todo', 'settings.yaml: no journey says from whom its emails come')
  return { name: match?.[1]?.trim() || 'Your company', email: email ?? 'hello@mail.example.com' }
}

const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** Quiet hours, where all journeys with any agree. */
const sendingOf = (journeys: readonly Journey[], report: Report) => {
  const quiet = journeys.flatMap(({ QuietTime }) =>
    QuietTime?.Start && QuietTime.End ? [{ from: QuietTime.Start, to: QuietTime.End }] : [],
  )
  const [first] = quiet
  if (!first || first.from === first.to) return {}
  const tell = report.about('quiet time')
  if (quiet.some(({ from, to }) => from !== first.from || to !== first.to))
    tell('changed', `journeys had different ones: ${first.from} to ${first.to} is everybody's now`)
  else if (quiet.length < journeys.length)
    tell('changed', `some journeys had none: ${first.from} to ${first.to} is everybody's now`)
  return { sending: { days: everyDay, quiet: first } }
}

const positive = (count: number | null | undefined): count is number => (count ?? 0) > 0

/** The lowest caps: they count all marketing mail together. */
const capsOf = (journeys: readonly Journey[], report: Report) => {
  const daily = journeys.map(({ Limits }) => Limits?.DailyCap).filter(positive)
  const frames = journeys.flatMap(({ Limits }) => {
    const { Cap, Days } = Limits?.TimeframeCap ?? {}
    return positive(Cap) && positive(Days) ? [{ emails: Cap, per: `${Days}d` }] : []
  })
  if (journeys.some(({ Limits }) => positive(Limits?.TotalCap)))
    report.about('limits')('lost', 'a cap for the whole time of a journey')
  const caps = [
    ...(daily.length > 0 ? [{ emails: Math.min(...daily), per: '1d' }] : []),
    ...frames.slice(0, 1),
  ]
  if (caps.length > 0)
    report.about('limits')('changed', 'the caps of settings.yaml count all journeys together')
  return caps.length > 0 ? { caps } : {}
}

const settingsOf = (journeys: readonly Journey[], { language, timeZone }: MoveOptions, report: Report) => {
  report.about('settings.yaml')('todo', 'company: name, address, imprint and privacy policy are placeholders')
  report.about('handoff.yaml')('todo', 'the team and its addresses are placeholders')
  report.about('settings.yaml')('todo', 'purposes: put your own words for what people agree to')
  return {
    company: {
      name: 'Your company',
      address: 'Your street 1, 12345 Your town',
      imprint: 'https://www.example.com/imprint',
      privacy: 'https://www.example.com/privacy',
    },
    sender: senderOf(journeys, report),
    timeZone,
    languages: [language],
    ...sendingOf(journeys, report),
    ...capsOf(journeys, report),
    purposes: {
      newsletter: {
        name: { [language]: 'Newsletter' },
        description: { [language]: 'Your company emails me news and offers.' },
      },
      tracking: {
        name: { [language]: 'Measuring what interests me' },
        description: {
          [language]: 'Your company measures whether I open its emails and which links I follow.',
        },
      },
    },
  }
}

const stages: readonly (readonly [string, readonly string[], string?])[] = [
  ['awareness', ['visits', 'impressions', 'reach']],
  ['interest', ['clicks', 'dwellSeconds', 'newsletterSignups'], 'did("newsletter.subscribed")'],
  ['consideration', ['demoRequests', 'downloads', 'webinarAttendance'], 'did("demo.requested")'],
  ['intent', ['quoteRequests', 'cartActions', 'priceComparisons'], 'did("quote.requested")'],
  ['evaluation', ['salesEngagements', 'offerRating'], 'did("sales.engaged")'],
  ['purchase', ['purchases', 'revenue', 'conversionRate'], 'did("order.completed")'],
]

const funnel = {
  stages: stages.map(([id, metrics, enter]) => ({
    id,
    goal: `What ${id} means to you.`,
    tactics: [],
    metrics,
    ...(enter !== undefined && { enter }),
  })),
}

const scoring = {
  fit: [],
  engagement: [{ id: 'email-click', on: 'email.clicked', points: 4, halfLife: '30d' }],
  bands: { cold: 0, warm: 30, hot: 60 },
}

const handoffOf = (timeZone: string) => ({
  qualify: 'score >= 60 && stageAtLeast("intent") && consented',
  require: ['email'],
  teams: {
    [callingTeam]: {
      timeZone,
      hours: { days: everyDay.slice(0, 5), from: '09:00', to: '17:00' },
      holidays: [],
      strategy: 'round-robin',
      lead: { name: 'Head of your sales team', email: 'head-of-sales@example.com' },
      members: [{ name: 'Your sales team', email: 'sales@example.com' }],
    },
  },
  route: [{ team: callingTeam }],
  accept: { remind: '2h', escalate: '4h', reassign: '8h' },
  reject: { 'not-now': { recycle: 'interest', pause: '30d' }, 'wrong-fit': { close: true } },
})

/** What stands below every email that was a template of Pinpoint's. */
const foot = `<mj-section padding="24px 0">
  <mj-column>
    <mj-text font-size="13px" line-height="1.6" color="#5d6865" align="center">
      {{ company.name }}, {{ company.address }}<br />
      <a href="{{ links.preferences }}">{% if email.language == "de" %}Einstellungen ändern{% else %}Change preferences{% endif %}</a> ·
      <a href="{{ links.unsubscribe }}">{% if email.language == "de" %}Abmelden{% else %}Unsubscribe{% endif %}</a> ·
      <a href="{{ company.imprint }}">{% if email.language == "de" %}Impressum{% else %}Imprint{% endif %}</a>
    </mj-text>
  </mj-column>
</mj-section>
`

const emailFiles = (
  { templates }: Pick<PinpointExport, 'templates'>,
  ids: ReadonlyMap<string, string>,
  { language }: MoveOptions,
  report: Report,
) => {
  const files = new Map<string, string>()
  const plain = new Map<string, () => string>()
  for (const [name, template] of templates) {
    const path = `emails/${ids.get(name) ?? ''}.${language}.mjml`
    const tell = report.about(`email template "${name}"`)
    const toPlain = () => {
      tell('todo', 'its HTML does not pass the check, so that its words alone were taken: lay them out again')
      return emailOfText(template, language, tell)
    }
    files.set(
      path,
      template.HtmlPart ? emailOfHtml(template, language, tell) : emailOfText(template, language, tell),
    )
    plain.set(path, toPlain)
  }
  return { files, plain }
}

const segmentFiles = (
  { segments }: PinpointExport,
  ids: ReadonlyMap<string, string>,
  several: ReadonlySet<string>,
  report: Report,
): readonly (readonly [string, string])[] =>
  [...segments.values()].map((segment) => {
    const { Id, Name } = segment
    const name = Name ?? Id
    const id = ids.get(Id) ?? ''
    const tell = report.about(`segment "${name}"`)
    const where = segmentCondition(Id, { segments, several, tell, emailOf: () => undefined })
    const content = { id, name, where: where === '' ? 'true' : where }
    return [`segments/${id}.yaml`, yamlFile('segment', `Segment ${Id} of Pinpoint`, content)]
  })

/** Ids of the playbook, by what Pinpoint knows a thing by. */
const idsOf = (names: readonly (readonly [key: string, name: string])[]): ReadonlyMap<string, string> => {
  const idOf = makeIds(40)
  return new Map(names.map(([key, name]) => [key, idOf(name)]))
}

const sequenceFiles = (sequences: readonly WrittenSequence[]): readonly (readonly [string, string])[] =>
  sequences.map(({ id, comment, yaml }) => [`sequences/${id}.yaml`, yamlFile('sequence', comment, yaml)])

/** Makes the playbook of an export; what has no equal goes to the report. */
export const moveExport = (exported: PinpointExport, options: MoveOptions, report: Report): MovedPlaybook => {
  const { journeys, segments, templates, endpoints, unread } = exported
  for (const one of unread) report.about('files that were not understood')('lost', one)
  const several = severalValued(endpoints)
  for (const name of several)
    report.about('endpoints')(
      'changed',
      `${name} has several values: the import joins them by "; ", conditions ask what it contains`,
    )
  const emails = idsOf([...templates.keys()].map((name) => [name, name]))
  const sequenceId = makeIds(40)
  const segmentIds = idsOf([...segments.values()].map(({ Id, Name }) => [Id, Name ?? Id]))
  const sequences = journeys.flatMap((journey) =>
    journeySequences(journey, {
      ...{ segments, several, sequenceId, report, now: options.now },
      segmentId: (id) => segmentIds.get(id),
      emailOf: (template) => emails.get(template),
    }),
  )
  if (journeys.some((journey) => JSON.stringify(journey).includes('_email.')))
    report.about('opens and clicks')(
      'changed',
      'they are known of those who agreed to be measured (purpose "tracking")',
    )
  const mails = emailFiles(exported, emails, options, report)
  return {
    plain: mails.plain,
    sequences: sequences.length,
    files: new Map([
      ['settings.yaml', yamlFile('settings', '', settingsOf(journeys, options, report), '')],
      ['funnel.yaml', yamlFile('funnel', 'Pinpoint has no stages: say what yours mean.', funnel, '')],
      ['scoring.yaml', yamlFile('scoring', 'Pinpoint has no scores: say what counts for you.', scoring, '')],
      [
        'handoff.yaml',
        yamlFile(
          'handoff',
          'Pinpoint hands nobody over: say who gets a lead.',
          handoffOf(options.timeZone),
          '',
        ),
      ],
      ['emails/_foot.mjml', foot],
      ...segmentFiles(exported, segmentIds, several, report),
      ...sequenceFiles(sequences),
      ...mails.files,
    ]),
  }
}
