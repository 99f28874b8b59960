import type { History } from '../../../domain/kpi/row.ts'
import { signedLink, trackingPurpose } from '../../../domain/lead/consent.ts'
import type { Fact, LeadId } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { leadIdOf } from '../support/facts.ts'

/** A person of a year that never was. */
export interface MadeUp {
  readonly history: History
  /** What happened, once each: without repeats, robots and what was taken back. */
  readonly facts: readonly Fact[]
  readonly source: string
  readonly campaign: string | null
}

/** Mulberry32: the same numbers for the same seed. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const hour = 3_600_000
const day = 24 * hour
/** People come from September 2025 on. */
const begin = Date.parse('2025-09-01T00:00:00.000Z')
const end = Date.parse('2027-01-15T00:00:00.000Z')

const sources = ['google', 'linkedin', 'trade-press', 'fair', 'bing', 'partner']
const campaigns = [null, 'spring', 'autumn', null]
const currencies = [
  ['EUR', 2],
  ['EUR', 2],
  ['USD', 2],
  ['JPY', 0],
  ['BHD', 3],
] as const

type Dice = ReturnType<typeof makeDice>

const makeDice = (seed: number) => {
  const random = randomFrom(seed)
  const below = (most: number): number => Math.floor(random() * most)
  return {
    below,
    chance: (share: number): boolean => random() < share,
    pick: <Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item => {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}

/** What one person does, step by step. */
const makeLife = (dice: Dice, leadId: LeadId) => {
  let at = begin + dice.below(end - begin - 20 * day)
  const facts: Fact[] = []
  const noise: Fact[] = []
  const time = (): string => new Date(at).toISOString()
  const make = (type: string, properties: JsonObject): Fact => ({
    id: `${leadId}:${facts.length + noise.length}`,
    type,
    occurredAt: time(),
    properties,
  })
  return {
    facts,
    noise,
    time,
    isOver: (): boolean => at > end,
    pass: (most: number): void => {
      at += 1 + dice.below(most)
    },
    did: (type: string, properties: JsonObject = {}, more: Partial<Fact> = {}): Fact => {
      const fact = { ...make(type, properties), ...more }
      facts.push(fact)
      // Some are told twice, some are wrong and taken back later.
      if (dice.chance(0.02)) noise.push(fact)
      if (dice.chance(0.02)) {
        const wrong = make(type, properties)
        noise.push(wrong)
        noise.push({
          ...make('activity.voided', { activityId: wrong.id }),
          occurredAt: new Date(at + 40 * day).toISOString(),
        })
      }
      return fact
    },
    robot: (properties: JsonObject): void => {
      noise.push(
        make('email.clicked', { ...properties, userAgent: 'Barracuda/1.0', link: 'https://a.example' }),
      )
    },
  }
}

type Life = ReturnType<typeof makeLife>

const money = (dice: Dice): JsonObject => {
  const [currency, digits] = dice.pick(currencies)
  const units = 1 + dice.below(4_000_000)
  const text = String(units).padStart(digits + 1, '0')
  const amount = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return dice.chance(0.05) ? {} : { amount, currency }
}

const visit = (dice: Dice, life: Life, origin: JsonObject): void => {
  if (dice.chance(0.3)) life.did('ad.impression', origin)
  if (dice.chance(0.2)) life.did('ad.clicked', origin)
  for (let pages = 1 + dice.below(4); pages > 0; pages -= 1) {
    life.did('page.viewed', { ...origin, path: dice.pick(['/', '/pricing', '/blog']) })
    life.pass(5 * 60_000)
    if (dice.chance(0.5)) life.did('page.engaged', { ...origin, seconds: dice.below(4000) / 10 })
  }
}

/** By our own links, with and without what is added for campaigns, or as other programs tell it. */
const clicks: readonly JsonObject[] = [
  { link: 'https://b.example/prices?utm_source=mail&utm_content=x', via: signedLink },
  { link: 'https://b.example/prices', via: signedLink },
  { link: 'https://b.example/demo?day=2', via: signedLink },
  { link: 'https://b.example/?who=somebody' },
]

/** @returns the send. */
const mail = (dice: Dice, life: Life, leadId: LeadId, nth: number): History['sends'][number] => {
  const send = {
    sendId: `${leadId}:nurture:1:${nth}`,
    email: dice.pick(['welcome', 'case-study', 'reminder']),
    sequence: dice.pick(['nurture', 'win-back']),
    sentAt: life.time(),
  }
  const properties = { sendId: send.sendId, email: send.email }
  life.pass(60_000)
  // Our own links tell of those alone who have agreed to that.
  life.did('consent.granted', { purpose: trackingPurpose })
  life.did('email.delivered', properties)
  if (dice.chance(0.15)) life.robot(properties)
  life.pass(2 * day)
  life.pass(hour)
  for (let times = dice.below(3); times > 0; times -= 1) {
    life.did('email.opened', { ...properties, userAgent: 'Mozilla/5.0' })
    life.pass(3 * hour)
  }
  if (dice.chance(0.3)) life.did('email.clicked', { ...properties, ...dice.pick(clicks) })
  // Whoever follows a link and leaves does so one after the other: the second ends what is told of the first.
  life.pass(60_000)
  if (dice.chance(0.03)) life.did('email.unsubscribed', properties)
  return send
}

const interests = [
  ...['content.downloaded', 'webinar.registered', 'webinar.attended', 'demo.requested'],
  ...['cart.updated', 'prices.compared', 'support.contacted', 'contact.requested', 'custom.thing'],
]

const negotiate = (dice: Dice, life: Life): void => {
  if (dice.chance(0.6))
    life.did('needs.recorded', dice.chance(0.9) ? { needs: ['a', 'b'].slice(dice.below(2)) } : {})
  life.pass(3 * day)
  if (dice.chance(0.7)) life.did('proposal.sent', money(dice))
  life.pass(3 * day)
  if (dice.chance(0.5)) life.did(dice.pick(['proposal.accepted', 'proposal.declined']))
  if (dice.chance(0.4)) {
    life.did('negotiation.started')
    life.pass(6 * day)
    if (dice.chance(0.7)) life.did('negotiation.ended')
    life.pass(day)
  }
}

const close = (dice: Dice, life: Life): void => {
  if (dice.chance(0.5)) life.did('deal.lost', { reason: 'price' })
  else {
    life.did('deal.won', money(dice))
    if (dice.chance(0.15)) {
      life.pass(20 * day)
      life.did('deal.moved', { phase: 'negotiation', reason: 'signed the wrong one' })
      life.pass(10 * day)
      if (dice.chance(0.7)) life.did('deal.won', money(dice))
    }
  }
}

const buy = (dice: Dice, life: Life): void => {
  for (let orders = dice.below(4); orders > 0; orders -= 1) {
    life.pass(40 * day)
    life.did('order.completed', { orderId: 'x', ...money(dice) })
    if (dice.chance(0.5))
      life.did('customer.rated', { rating: dice.chance(0.9) ? 1 + dice.below(9) / 2 : 'good' })
  }
}

type Answer = History['handoffs'][number]

/** @returns the handoff, unless sales never answers. */
const handOff = (
  dice: Dice,
  life: Life,
  leadId: LeadId,
): { readonly handoff: Answer; readonly isTaken: boolean } => {
  const handoffId = `${leadId}.1`
  const requestedAt = life.time()
  const dueAt = new Date(Date.parse(requestedAt) + 8 * hour).toISOString()
  if (dice.chance(0.1))
    return { handoff: { handoffId, requestedAt, dueAt, answer: { state: 'requested' } }, isTaken: false }
  life.pass(12 * hour)
  const at = life.time()
  const isTaken = dice.chance(0.7)
  const reason = dice.pick(['not-now', 'wrong-fit', 'wrong-contact'])
  life.did(isTaken ? 'handoff.accepted' : 'handoff.rejected', { handoffId, ...(!isTaken && { reason }) })
  if (dice.chance(0.05)) life.did('handoff.accepted', { handoffId })
  const answer = isTaken
    ? ({ state: 'accepted', at, by: 'x' } as const)
    : ({ state: 'rejected', at, by: 'x', reason } as const)
  return { handoff: { handoffId, requestedAt, dueAt, answer }, isTaken }
}

const sell = (dice: Dice, life: Life, leadId: LeadId): readonly Answer[] => {
  life.did('quote.requested')
  const { handoff, isTaken } = handOff(dice, life, leadId)
  life.pass(2 * day)
  if (isTaken) {
    life.did('sales.engaged', { channel: 'phone' })
    if (dice.chance(0.4)) life.did('offer.rated', { rating: 1 + dice.below(5) })
    negotiate(dice, life)
    if (dice.chance(0.8)) close(dice, life)
  }
  return [handoff]
}

const runOf = (dice: Dice, life: Life): History['runs'][number] => {
  const enteredAt = life.time()
  const at = new Date(Date.parse(enteredAt) + 1 + dice.below(30 * day)).toISOString()
  const ends = [
    { type: 'completed', at },
    { type: 'goal', at },
    { type: 'exited', at, because: 'exit' },
    { type: 'held', due: at, next: 1 },
  ] as const
  return { sequence: dice.pick(['nurture', 'win-back']), enteredAt, status: dice.pick(ends) }
}

/** Facts of a browser that was joined, in any order, among those told twice and wrongly. */
const arrived = (dice: Dice, leadId: LeadId, { facts, noise }: Life): readonly Fact[] => {
  const browser = leadIdOf(`${leadId}-b`)
  const [first] = facts
  const isMerged = dice.chance(0.2) && first !== undefined
  const joined = facts.map((fact) =>
    isMerged && fact.type === 'page.viewed' ? { ...fact, member: browser } : fact,
  )
  const merge: readonly Fact[] = isMerged
    ? [
        {
          id: `${leadId}:merge`,
          type: 'lead.merged',
          occurredAt: first.occurredAt,
          properties: { leadId: browser },
        },
      ]
    : []
  return [...noise, ...joined, ...merge].toSorted(
    (a, b) => ((a.id.length * 7 + a.id.charCodeAt(9)) % 13) - ((b.id.length * 7 + b.id.charCodeAt(9)) % 13),
  )
}

/** @param number the same person for the same number. */
export const makePerson = (number: number): MadeUp => {
  const dice = makeDice(number * 7919 + 1)
  const leadId = leadIdOf(`lead-${String(number).padStart(6, '0')}`)
  const life = makeLife(dice, leadId)
  const [source, campaign] = [dice.chance(0.8) ? dice.pick(sources) : undefined, dice.pick(campaigns)]
  const origin: JsonObject = source === undefined ? {} : { source, ...(campaign !== null && { campaign }) }
  const [runs, sends, handoffs]: [History['runs'][number][], History['sends'][number][], Answer[]] = [
    [],
    [],
    [],
  ]
  visit(dice, life, origin)
  if (dice.chance(0.7)) {
    life.did('newsletter.subscribed', {}, { email: 'somebody@example.com' })
    runs.push(runOf(dice, life))
    for (let mails = dice.below(4); mails > 0; mails -= 1) sends.push(mail(dice, life, leadId, mails))
    for (let more = dice.below(6); more > 0; more -= 1) {
      life.pass(20 * day)
      life.did(dice.pick(interests))
      const again = dice.chance(0.3) && source !== undefined ? { source: dice.pick(sources) } : {}
      if (dice.chance(0.6)) visit(dice, life, again)
    }
    if (dice.chance(0.4)) handoffs.push(...sell(dice, life, leadId))
    if (dice.chance(0.15)) buy(dice, life)
  }
  return {
    history: { leadId, log: arrived(dice, leadId, life), handoffs, runs, sends },
    facts: life.facts,
    source: source ?? 'direct',
    campaign: source === undefined ? null : campaign,
  }
}
