import type { Fact } from '../activity/activity.ts'
import type { Deal, DealPhase } from './deal.ts'
import { type DealMeaning, tellsValue } from './deal-activity.ts'
import { moneyOf } from './money.ts'
import { phaseRank, type SalesPhase, salesPhases } from './sales-phases.ts'

/** Why an activity leaves a deal where it is. */
export type WhyStays =
  /** Back to an earlier phase, and no reason given. */
  | 'backwards'
  /** Won or lost already. */
  | 'closed'
  /** It follows a win, and there is none. */
  | 'not-won'
  /** There are as many deals or steps as are kept for one lead. */
  | 'too-many'

export type Moved =
  | { readonly type: 'moved'; readonly deal: Deal }
  /** With `deal` as it is now: it may be worth something else. */
  | { readonly type: 'stays'; readonly deal: Deal; readonly because: WhyStays }

/** Of a reason this much is kept with the deal (characters); all of it stands in the log. */
const longestReason = 200

const reasonOf = ({ properties: { reason } }: Fact): string | undefined =>
  typeof reason === 'string' && reason !== '' ? reason.slice(0, longestReason) : undefined

/** Where it stands. */
export const phaseOf = ({ phases }: Pick<Deal, 'phases'>): SalesPhase =>
  phases.at(-1)?.phase ?? salesPhases[0]

const entering = (fact: Fact, phase: SalesPhase, reason?: string): DealPhase => ({
  phase,
  at: fact.occurredAt,
  factId: fact.id,
  ...(reason === undefined ? {} : { reason }),
})

const worth = (deal: Deal, { type, properties }: Fact): Deal => {
  const value = tellsValue(type) ? moneyOf(properties) : undefined
  return value === undefined ? deal : { ...deal, value }
}

const moved = (deal: Deal): Moved => ({ type: 'moved', deal })
const stays = (deal: Deal, because: WhyStays): Moved => ({ type: 'stays', deal, because })

/** To `phase`, whichever that is from. */
const push = (deal: Deal, entry: DealPhase): Deal => ({ ...deal, phases: [...deal.phases, entry] })

const forward = (deal: Deal, fact: Fact, phase: SalesPhase): Deal =>
  phaseRank(phase) > phaseRank(phaseOf(deal)) ? push(deal, entering(fact, phase)) : deal

const reopened = ({ closedAt: _at, closedBy: _by, reason: _reason, ...deal }: Deal): Deal => ({
  ...deal,
  status: 'open',
})

const enter = (deal: Deal, fact: Fact, phase: SalesPhase): Moved => {
  const valued = worth(deal, fact)
  if (phaseRank(phase) >= phaseRank(phaseOf(deal))) return moved(forward(valued, fact, phase))
  const reason = reasonOf(fact)
  return reason === undefined
    ? stays(valued, 'backwards')
    : moved(push(valued, entering(fact, phase, reason)))
}

const move = (deal: Deal, fact: Fact, phase: SalesPhase): Moved => {
  const entered = enter(deal, fact, phase)
  if (deal.status === 'open' || phase === 'closing') return entered
  return entered.type === 'moved' ? moved(reopened(entered.deal)) : stays(deal, 'closed')
}

/** Remembers when a negotiation that was seen to begin was over. */
const ended = (deal: Deal, { id, type, occurredAt }: Fact): Deal => {
  const last = deal.phases.at(-1)
  const isEnd = type === 'negotiation.ended' && last?.phase === 'negotiation'
  return isEnd && last.factId !== id && last.endedAt === undefined
    ? { ...deal, phases: [...deal.phases.slice(0, -1), { ...last, endedAt: occurredAt }] }
    : deal
}

/** CRMs say that a deal is won whenever somebody edits it: what it is worth by then counts, and it is won no second time. */
const close = (deal: Deal, fact: Fact, status: 'won' | 'lost'): Moved => {
  if (deal.status !== 'open') return stays(deal.status === status ? worth(deal, fact) : deal, 'closed')
  const reason = status === 'lost' ? reasonOf(fact) : undefined
  return moved({
    ...worth(forward(deal, fact, 'closing'), fact),
    status,
    closedAt: fact.occurredAt,
    closedBy: fact.id,
    ...(reason === undefined ? {} : { reason }),
  })
}

const follow = (deal: Deal, fact: Fact): Moved =>
  deal.status === 'won' ? moved(forward(deal, fact, 'post_sale')) : stays(deal, 'not-won')

/** What an activity makes of the deal that it is about. A deal that has just been opened by it is in its first phase. */
export const moveDeal = (deal: Deal, fact: Fact, meaning: DealMeaning): Moved => {
  const isClosed = deal.status !== 'open'
  switch (meaning.type) {
    case 'opens':
    case 'touches': {
      const valued = worth(deal, fact)
      return moved(isClosed ? valued : forward(valued, fact, 'lead_qualification'))
    }
    case 'enters':
      return isClosed ? stays(deal, 'closed') : enter(deal, fact, meaning.phase)
    case 'passes':
      return isClosed ? stays(deal, 'closed') : moved(ended(forward(deal, fact, meaning.phase), fact))
    case 'moves':
      return move(deal, fact, meaning.phase)
    case 'closes':
      return close(deal, fact, meaning.status)
    case 'follows':
      return follow(deal, fact)
    default:
      return meaning satisfies never
  }
}

/** The phase that a deal begins in when this activity opens it. */
export const firstPhase = (meaning: DealMeaning): SalesPhase => {
  switch (meaning.type) {
    case 'opens':
    case 'touches':
      return 'lead_qualification'
    case 'enters':
    case 'passes':
    case 'moves':
      return meaning.phase
    case 'closes':
      return 'closing'
    case 'follows':
      return 'post_sale'
    default:
      return meaning satisfies never
  }
}
