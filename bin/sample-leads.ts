/** An activity as `POST /events` takes it. */
interface SampleActivity {
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

const pick = <Item>(items: readonly Item[], index: number): Item | undefined => items[index % items.length]

/** Forty leads and what they did in the sixty days before `now` (milliseconds), the same ones every time. */
export const sampleActivities = (now: number): readonly SampleActivity[] =>
  reach
    .flatMap((count, stage) => Array.from({ length: count }, () => stage))
    .flatMap((stage, lead) => {
      const [firstName = '', lastName = ''] = pick(names, lead * 3)?.split(' ') ?? []
      const company = pick(companies, lead) ?? ''
      const email = `${firstName}.${lastName}@${company.replace(' ', '-')}.example.net`.toLowerCase()
      const employees = 15 + ((lead * 137) % 900)
      const [country, language] = pick(places, lead)?.split(' ') ?? []
      const role = pick(roles, lead)
      const fields = { firstName, lastName, company, employees, role, country, language }
      const done = [
        did('profile.updated', { fields, source: pick(sources, lead) }),
        did('consent.granted', { purpose: 'newsletter' }),
        ...steps.slice(0, stage + 1).flat(),
      ]
      const [first, last] = [now - (60 - ((lead * 7) % 40)) * day, now - ((lead % 9) + 0.2) * day]
      return done.map(({ type, properties }, index) => ({
        id: `sample-${lead}-${index}`,
        type,
        subject: { email },
        occurredAt: new Date(first + ((last - first) * index) / (done.length - 1)).toISOString(),
        properties: type === 'order.completed' ? { orderId: `S-${1000 + lead}`, ...properties } : properties,
      }))
    })
