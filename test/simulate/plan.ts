import { seededRandom } from '../../local/random.ts'

const numbered = (person: number): string => String(person).padStart(5, '0')

/** What a person's browser calls itself. */
export const visitorOf = (person: number): string => `browser-${numbered(person)}`

/** Some mailboxes bounce, some complain. */
export const addressOf = (person: number): string => {
  const name = `person-${numbered(person)}`
  if (person % 50 === 17) return `bounce+${name}@simulator.amazonses.com`
  return person % 50 === 33 ? `complaint+${name}@simulator.amazonses.com` : `${name}@sim.example.net`
}

/** One fact as a program or a browser tells it. */
export interface PlannedFact {
  readonly id: string
  readonly type: string
  /** Number of the person; absent: a cost, which is nobody's. */
  readonly person?: number
  /** Told of the person's browser, not of their address. */
  readonly byBrowser?: true
  /** How long ago it happened when it is told; absent: no time is given. */
  readonly minutesAgo?: number
  readonly properties: Readonly<Record<string, unknown>>
}

/** One fault as `POST /_local/faults` takes it. */
interface PlannedFault {
  readonly service?: string
  readonly operation?: string
  readonly error?: string
  readonly rate?: number
  readonly latencyMs?: number
  readonly duplicate?: number
  readonly reorder?: number
  readonly lose?: number
  readonly partial?: number
}

interface PlannedRow {
  readonly line: number
  /** Absent: no address. */
  readonly person?: number
  readonly unsubscribed?: true
}

type Act =
  | { readonly do: 'tell'; readonly facts: readonly PlannedFact[]; readonly by: 'http' | 'bus' | 'beacon' }
  | {
      readonly do: 'submit'
      readonly form: string
      readonly person: number
      readonly key: string
      readonly fields: Readonly<Record<string, string>>
    }
  /** By the links of the person's latest email that has such a link. */
  | { readonly do: 'confirm' | 'click' | 'open'; readonly person: number }
  | { readonly do: 'unsubscribe'; readonly person: number }
  | { readonly do: 'answer'; readonly person: number; readonly reason?: string }
  | { readonly do: 'note'; readonly person: number; readonly fact: PlannedFact }
  | { readonly do: 'crm'; readonly person: number; readonly stage: string; readonly amount: number }
  | {
      readonly do: 'import'
      readonly rows: readonly PlannedRow[]
      readonly consent: boolean
      readonly enter: boolean
    }
  | { readonly do: 'broadcast'; readonly where: string; readonly email: string; readonly perHour: number }
  | { readonly do: 'publish'; readonly points: number; readonly waitDays: number; readonly hours: boolean }
  | { readonly do: 'erase'; readonly person: number }
  | { readonly do: 'merge' | 'part'; readonly person: number; readonly other: number }
  | { readonly do: 'poison'; readonly mark: string }
  | { readonly do: 'disturb'; readonly faults: readonly PlannedFault[] }
  | { readonly do: 'calm' }

/** `at`: minutes from the beginning. */
export type Action = Act & { readonly at: number }

/** What happens in a run: a pure function of the seed, so that it can be written down, shortened and played again. */
export interface Plan {
  readonly seed: number
  readonly leads: number
  readonly days: number
  readonly actions: readonly Action[]
}

export interface PlanOptions {
  readonly seed: number
  readonly leads: number
  readonly days: number
}

const hour = 60
const day = 24 * hour
/** The clock moves in steps of this many minutes. */
const step = 2 * hour

/** Dice of one seed. */
const makeDice = (seed: number) => {
  const random = seededRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const dice = {
    below,
    chance: (share: number): boolean => random() < share,
    one: <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item,
    /** Of a value and how often it comes. */
    weighed: <Item>(items: readonly (readonly [Item, number])[]): Item => {
      let left = random() * items.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [item, weight] of items) {
        left -= weight
        if (left < 0) return item
      }
      return items[0]?.[0] as Item
    },
    /** Minutes until the next of things that come `mean` minutes apart. */
    pause: (mean: number): number => -Math.log(1 - random()) * mean,
  }
  return dice
}

type Dice = ReturnType<typeof makeDice>

/** What people do of their own accord, and how often. */
const deeds: readonly (readonly [string, number])[] = [
  ['page.viewed', 20],
  ['content.viewed', 8],
  ['page.engaged', 6],
  ['ad.clicked', 3],
  ['content.downloaded', 4],
  ['webinar.registered', 2],
  ['webinar.attended', 2],
  ['demo.requested', 3],
  ['quote.requested', 4],
  ['prices.compared', 4],
  ['cart.updated', 3],
  ['sample.requested', 2],
  ['support.contacted', 1],
  ['contact.requested', 1],
  ['offer.rated', 1],
  ['order.completed', 1],
  ['consent.granted', 4],
  ['consent.withdrawn', 0.7],
  ['profile.updated', 5],
  ['newsletter.subscribed', 2],
]

/** Those that a page may report. */
const ofPages = new Set([
  'page.viewed',
  'page.engaged',
  'ad.clicked',
  'content.viewed',
  'content.downloaded',
  'prices.compared',
])

const propertiesOf = (type: string, id: string, dice: Dice): Readonly<Record<string, unknown>> => {
  switch (type) {
    case 'page.viewed':
      return {
        path: dice.one(['/', '/pricing', '/preise/monat', '/blog/leaks']),
        ...(dice.chance(0.2) && { utm_source: dice.one(['google', 'fair', 'linkedin']) }),
      }
    case 'page.engaged':
      return { seconds: dice.below(200) }
    case 'offer.rated':
      return { rating: 1 + dice.below(5) }
    case 'order.completed':
      return { orderId: id, amount: `${1 + dice.below(9_000)}.50`, currency: 'EUR' }
    case 'consent.granted':
    case 'consent.withdrawn':
      return {
        purpose: dice.weighed([
          ['newsletter', 6],
          ['tracking', 2],
        ]),
      }
    case 'profile.updated':
      return { fields: attributes(dice) }
    default:
      return {}
  }
}

const attributes = (dice: Dice): Readonly<Record<string, unknown>> => ({
  company: `Werk ${dice.below(50)}`,
  country: dice.one(['DE', 'AT', 'CH', 'US', 'PL']),
  employees: dice.one([5, 50, 250, 800]),
  role: dice.one(['energy', 'maintenance', 'student', 'management']),
  language: dice.one(['de', 'en']),
  ...(dice.chance(0.3) && { timeZone: dice.one(['Europe/Berlin', 'America/New_York', 'Asia/Tokyo']) }),
})

/** Collects the actions of one plan. */
const makeScript = ({ seed, days }: PlanOptions) => {
  const actions: Action[] = []
  let ids = 0
  return {
    actions,
    end: days * day,
    newId: (): string => {
      ids += 1
      return `s${seed}-${ids}`
    },
    add: (at: number, act: Act): void => {
      const turn = Math.ceil(at / step) * step
      if (turn <= days * day) actions.push({ at: turn, ...act })
    },
  }
}

type Script = ReturnType<typeof makeScript>

const tell = (script: Script, at: number, facts: readonly PlannedFact[], dice: Dice): void => {
  const isBeacon = facts.every(({ byBrowser, type }) => byBrowser && ofPages.has(type))
  const by = isBeacon && dice.chance(0.7) ? 'beacon' : dice.chance(0.15) ? 'bus' : 'http'
  // What a page reports happens when it says so.
  const told = by === 'beacon' ? facts.map(({ minutesAgo: _, ...fact }) => fact) : facts
  script.add(at, { do: 'tell', facts: told, by })
}

/** Something a person does, at once or told late. */
const deed = (script: Script, person: number, byBrowser: boolean, dice: Dice): PlannedFact => {
  const type = dice.weighed(byBrowser ? deeds.filter(([name]) => ofPages.has(name)) : deeds)
  const id = script.newId()
  return {
    id,
    type,
    person,
    ...(byBrowser && { byBrowser }),
    ...(dice.chance(0.6) && { minutesAgo: dice.chance(0.25) ? dice.below(10 * day) : dice.below(hour) }),
    properties: propertiesOf(type, id, dice),
  }
}

const formFields = (form: string, dice: Dice): Readonly<Record<string, string>> => ({
  ...(dice.chance(0.4) && { firstName: dice.one(['Grete', 'Otto', 'Uli']) }),
  ...(dice.chance(0.4) && { employees: String(dice.one([5, 50, 250, 800])) }),
  ...(form !== 'newsletter' && {
    role: dice.one(['energy', 'maintenance', 'student']),
    country: dice.one(['DE', 'CH', 'US']),
  }),
  ...(dice.chance(0.5) && { optIn: 'on' }),
})

const submit = (script: Script, at: number, person: number, dice: Dice): void => {
  const form = dice.weighed([
    ['newsletter', 5],
    ['demo', 2],
    ['quote', 3],
  ])
  const action = { do: 'submit', form, person, key: script.newId(), fields: formFields(form, dice) } as const
  script.add(at, action)
  // Impatient people press the button twice.
  if (dice.chance(0.1)) script.add(at, action)
  if (dice.chance(0.75)) script.add(at + step + dice.below(day), { do: 'confirm', person })
}

/** What sales does about somebody, whether there is a handoff or not. */
const sell = (script: Script, at: number, person: number, dice: Dice): void => {
  const reason = dice.weighed([
    [undefined, 6],
    ['not-now', 2],
    ['no-budget', 1],
    ['wrong-contact', 1],
    ['wrong-fit', 0.5],
  ])
  script.add(at, { do: 'answer', person, ...(reason !== undefined && { reason }) })
  if (reason !== undefined) return
  if (dice.chance(0.3)) reportDeal(script, at + day, person, dice)
  else logDeal(script, at, person, dice)
}

/** Sales keeps its books in a CRM, which tells each step, the last one twice. */
const reportDeal = (script: Script, at: number, person: number, dice: Dice): void => {
  const end = dice.one(['Closed Won', 'Closed Lost', 'Negotiation/Review'])
  const amount = 1_000 + dice.below(9_000)
  for (const [index, stage] of ['Needs Analysis', 'Proposal/Price Quote', end, end].entries())
    script.add(at + index * day, { do: 'crm', person, stage, amount })
}

/** Sales logs by hand what it did. */
const logDeal = (script: Script, at: number, person: number, dice: Dice): void => {
  const note = (after: number, type: string, properties: Readonly<Record<string, unknown>>): void =>
    script.add(at + after, { do: 'note', person, fact: { id: script.newId(), type, person, properties } })
  note(day, 'sales.engaged', { channel: 'phone' })
  if (dice.chance(0.5))
    note(2 * day, 'proposal.sent', { proposalId: script.newId(), amount: '9000', currency: 'EUR' })
  if (dice.chance(0.4)) note(4 * day, 'deal.won', { amount: '9000.50', currency: 'EUR' })
  else if (dice.chance(0.5))
    note(5 * day, 'deal.lost', { reason: dice.one(['price', 'timing', 'competitor']) })
}

/** What somebody has told before: once more, or taken back. */
const echo = (script: Script, at: number, past: readonly PlannedFact[], dice: Dice): void => {
  const fact = dice.one(past)
  if (fact === undefined) return
  const isOfConsent = fact.type.startsWith('consent.')
  const { person = 0, byBrowser } = fact
  const voided = {
    id: script.newId(),
    type: 'activity.voided',
    person,
    ...(byBrowser && { byBrowser }),
    properties: { activityId: fact.id },
  } as const
  tell(script, at, [dice.chance(0.6) || isOfConsent ? fact : voided], dice)
}

/** One person from the first visit to the end of the run. */
const live = (script: Script, person: number, dice: Dice): void => {
  const past: PlannedFact[] = []
  let at = dice.below(script.end * 0.8)
  let isKnown = dice.chance(0.4)
  const visits = dice.weighed([
    [4, 5],
    [10, 3],
    [25, 1],
  ])
  for (let visit = 0; visit < visits && at < script.end; visit += 1) {
    const what = dice.weighed([
      ['deed', 10],
      ['submit', isKnown ? 2 : 4],
      ['mail', isKnown ? 5 : 0],
      ['echo', past.length > 0 ? 1.5 : 0],
      ['sales', isKnown ? 2 : 0],
      ['join', 0.7],
    ] as const)
    switch (what) {
      case 'deed': {
        const byBrowser = !isKnown || dice.chance(0.2)
        const facts = Array.from({ length: 1 + dice.below(3) }, () => deed(script, person, byBrowser, dice))
        past.push(...facts)
        tell(script, at, facts, dice)
        break
      }
      case 'submit':
        isKnown = true
        submit(script, at, person, dice)
        break
      case 'mail':
        script.add(at, {
          do: dice.weighed([
            ['click', 6],
            ['open', 4],
            ['unsubscribe', 1],
          ]),
          person,
        })
        break
      case 'echo':
        echo(script, at, past, dice)
        break
      case 'sales':
        sell(script, at, person, dice)
        break
      case 'join':
        isKnown = true
        tell(
          script,
          at,
          [
            {
              id: script.newId(),
              type: 'profile.updated',
              person,
              properties: { fields: attributes(dice), visitorId: visitorOf(person) },
            },
          ],
          dice,
        )
        break
      default:
        what satisfies never
    }
    at += dice.pause((0.5 * script.end) / visits)
  }
}

/** What goes wrong together. Rates stay where five tries get a message through all but surely. */
const storms: readonly (readonly PlannedFault[])[] = [
  [{ service: 'lambda', error: 'Crash', rate: 0.03 }],
  [
    { service: 'dynamodb', error: 'CrashAfter', rate: 0.002 },
    { service: 'dynamodb', error: 'CrashBefore', rate: 0.002 },
  ],
  [
    { service: 'events', operation: 'PutEvents', error: 'CrashAfter', rate: 0.01 },
    { service: 'sqs', error: 'CrashAfter', rate: 0.01 },
  ],
  [
    { service: 'scheduler', error: 'CrashAfter', rate: 0.01 },
    { service: 'scheduler', error: 'CrashBefore', rate: 0.01 },
  ],
  [
    { service: 'ses', operation: 'SendEmail', error: 'CrashAfter', rate: 0.05 },
    { service: 'ses', operation: 'SendEmail', error: 'CrashBefore', rate: 0.05 },
  ],
  [{ service: 'ses', operation: 'SendEmail', error: 'ThrottlingException', rate: 0.3 }],
  [{ service: 'ses', lose: 0.3 }],
  [{ service: 'dynamodb', error: 'ProvisionedThroughputExceededException', rate: 0.01 }],
  [{ service: 'dynamodb', operation: 'Query', error: 'ProvisionedThroughputExceededException', rate: 0.05 }],
  [
    { service: 'events', operation: 'PutEvents', partial: 0.1 },
    { service: 'sqs', operation: 'SendMessageBatch', partial: 0.1 },
  ],
  [{ service: 'events', operation: 'PutEvents', error: 'InternalException', rate: 0.02 }],
  [{ service: 'scheduler', error: 'ThrottlingException', rate: 0.05 }],
  [{ service: 's3', error: 'ServiceUnavailable', rate: 0.05 }],
  [{ duplicate: 0.2 }],
  [{ service: 'sqs', reorder: 0.2 }],
  [{ service: 'dynamodb', latencyMs: 20, rate: 0.02 }],
]

const disturb = (script: Script, dice: Dice): void => {
  for (let at = dice.pause(day / 2); at < script.end; at += dice.pause(1.5 * day)) {
    const kinds = 1 + dice.below(3)
    const faults = Array.from({ length: kinds }, () => dice.one(storms)).flat()
    script.add(at, { do: 'disturb', faults })
    at += step + dice.pause(day)
    script.add(at, { do: 'calm' })
  }
}

const emails = ['energy-report', 'case-study', 'comparison', 'sample-case'] as const
const conditions = ['true', 'lead.employees >= 100', 'engagement >= 5', 'stageAtLeast("interest")'] as const

/** What marketers do. */
const market = (script: Script, { leads }: PlanOptions, dice: Dice): void => {
  const times = (mean: number, act: (at: number) => void): void => {
    for (let at = dice.pause(mean); at < script.end; at += dice.pause(mean)) act(at)
  }
  times(8 * day, (at) =>
    script.add(at, {
      do: 'broadcast',
      where: dice.one(conditions),
      email: dice.one(emails),
      perHour: dice.one([60, 600, 6_000]),
    }),
  )
  times(10 * day, (at) => {
    const count = 2 + dice.below(Math.max(3, leads / 5))
    const rows = Array.from(
      { length: count },
      (_, index): PlannedRow => ({
        line: index + 2,
        ...(dice.chance(0.9) && { person: dice.below(leads) }),
        ...(dice.chance(0.1) && { unsubscribed: true }),
      }),
    )
    script.add(at, { do: 'import', rows, consent: dice.chance(0.6), enter: dice.chance(0.3) })
  })
  times(15 * day, (at) =>
    script.add(at, {
      do: 'publish',
      points: 5 + dice.below(30),
      waitDays: 1 + dice.below(5),
      hours: dice.chance(0.4),
    }),
  )
  times(5 * day, (at) =>
    tell(
      script,
      at,
      [
        {
          id: script.newId(),
          type: 'channel.cost',
          properties: {
            source: dice.one(['google', 'fair']),
            campaign: null,
            amount: `${dice.below(900)}`,
            currency: 'EUR',
          },
        },
      ],
      dice,
    ),
  )
  times(12 * day, (at) => script.add(at, { do: 'poison', mark: `poison-${script.newId()}` }))
}

/** What admins do: rights of people, and leads that are one. */
const administer = (script: Script, { leads }: PlanOptions, dice: Dice): void => {
  const someone = (): number => dice.below(leads)
  for (let count = 0; count < leads * 0.05; count += 1)
    script.add(dice.below(script.end), { do: 'erase', person: someone() })
  for (let count = 0; count < leads * 0.04; count += 1) {
    const [person, other, at] = [someone(), someone(), dice.below(script.end)]
    if (person === other) continue
    script.add(at, { do: 'merge', person, other })
    if (dice.chance(0.3)) script.add(at + day, { do: 'part', person, other })
  }
}

/** The order of a turn: what goes wrong comes first, the rest as it was thought of. */
const rank = (action: Action): number => (action.do === 'calm' ? 0 : action.do === 'disturb' ? 1 : 2)

export const makePlan = (options: PlanOptions): Plan => {
  const dice = makeDice(options.seed)
  const script = makeScript(options)
  for (let person = 0; person < options.leads; person += 1) live(script, person, dice)
  market(script, options, dice)
  administer(script, options, dice)
  disturb(script, dice)
  const actions = script.actions.toSorted((a, b) => a.at - b.at || rank(a) - rank(b))
  return { ...options, actions }
}
