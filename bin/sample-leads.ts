/** An activity as `POST /events` takes it. */
export interface SampleActivity {
  readonly id: string
  readonly type: string
  readonly subject: { readonly email: string }
  /** RFC 3339, UTC. */
  readonly occurredAt: string
  readonly properties: object
}

const names =
  `Anna Huber, Jonas Keller, Mira Schulz, Paul Brandt, Ines Vogel, Timo Sommer, Lara Wolff, Emil Kraus,
  Nele Franke, Rolf Albers, Sofie Meier, Jan Petersen, Greta Lorenz, Hugo Baum, Alice Carter, Tom Visser, Clara Dubois,
  Martin Novak, Ewa Lis, Henry Walsh`.split(/,\s+/)
const companies = [
  'Lahn Guss',
  'Brauhaus Salm',
  'Nordpack',
  'Kufner Textil',
  'Delta Glas',
  'Rhein Extrusion',
  'Alm Milch',
]
const roles = ['maintenance', 'energy', 'production', 'management', 'purchasing']
const sources = ['google', 'linkedin', 'trade-press', 'fair']
const places = ['DE de', 'AT de', 'DE de', 'GB en', 'CH de']

const did = (type: string, properties: object = {}) => ({ type, properties })
const webinar = { webinar: 'Hearing leaks' }
/** What brings a lead into each stage; a lead in a later one has also taken the steps before. */
const steps = [
  [did('ad.clicked'), did('page.viewed', { path: '/' })],
  [did('newsletter.subscribed'), did('content.viewed', { content: 'What a leak costs' })],
  [did('webinar.registered', webinar), did('webinar.attended', webinar)],
  [did('page.viewed', { path: '/pricing' }), did('demo.requested'), did('quote.requested')],
  [did('sales.engaged', { channel: 'phone' }), did('offer.rated', { rating: 4 })],
  [did('order.completed', { amount: 12_480, currency: 'EUR' })],
]
/** How many leads get how far, stage by stage: a funnel of forty. */
const reach = [9, 11, 8, 6, 4, 2]
const day = 86_400_000

export const pick = <Item>(items: readonly Item[], index: number): Item | undefined =>
  items[index % items.length]

/** The stage of each lead. */
const stages = reach.flatMap((count, stage) => Array.from({ length: count }, () => stage))

const profileOf = (lead: number) => {
  const [firstName = '', lastName = ''] = pick(names, lead * 3)?.split(' ') ?? []
  const company = pick(companies, lead) ?? ''
  const [country, language] = pick(places, lead)?.split(' ') ?? []
  const employees = 15 + ((lead * 137) % 900)
  return { firstName, lastName, company, employees, role: pick(roles, lead), country, language }
}

/** An address that no mail can reach: RFC 2606 keeps the domain for examples. */
export const sampleAddress = (firstName: string, lastName: string, company: string): string =>
  `${firstName}.${lastName}@${company.replace(' ', '-')}.example.net`.toLowerCase()

const addressOf = (lead: number): string => {
  const { firstName, lastName, company } = profileOf(lead)
  return sampleAddress(firstName, lastName, company)
}

/** The addresses of the forty, customers last. */
export const sampleAddresses: readonly string[] = stages.map((_, lead) => addressOf(lead))

/** Three of four have agreed to have their opens and clicks measured. */
const isMeasured = (lead: number): boolean => lead % 4 !== 3

/** Forty leads and what they did in the sixty days before `now` (milliseconds), the same ones every time. */
export const sampleActivities = (now: number): readonly SampleActivity[] =>
  stages.flatMap((stage, lead) => {
    const subject = { email: addressOf(lead) }
    const done = [
      did('profile.updated', { fields: profileOf(lead), source: pick(sources, lead) }),
      did('consent.granted', { purpose: 'newsletter' }),
      ...steps.slice(0, stage + 1).flat(),
    ]
    const [first, last] = [now - (60 - ((lead * 7) % 40)) * day, now - ((lead % 9) + 0.2) * day]
    const at = (index: number) => new Date(first + ((last - first) * index) / (done.length - 1)).toISOString()
    const activities = done.map(({ type, properties }, index) => ({
      id: `sample-${lead}-${index}`,
      type,
      subject,
      occurredAt: at(index),
      properties: type === 'order.completed' ? { orderId: `S-${1000 + lead}`, ...properties } : properties,
    }))
    const measured = { ...did('consent.granted', { purpose: 'tracking' }), subject, occurredAt: at(1) }
    return isMeasured(lead) ? [...activities, { id: `sample-${lead}-measured`, ...measured }] : activities
  })
