import type { DealStay } from './take-activity.ts'

const reopen = 'to open it again, record deal.moved with an earlier phase and a reason'

/** Why a deal stays where it is, and what would be right, for whoever asked for it. */
export const wordStay = ({ dealId, status, phase, wanted, because }: DealStay): string => {
  switch (because) {
    case 'backwards':
      return `Deal ${dealId} is in phase ${phase}, and ${wanted ?? 'this'} comes before it: give a reason (properties.reason) to move it back.`
    case 'closed':
      return status === 'won'
        ? `Deal ${dealId} is won: onboarding.completed, customer.rated and order.completed follow; ${reopen}.`
        : `Deal ${dealId} is lost: nothing follows; ${reopen}.`
    case 'not-won':
      return `Deal ${dealId} is ${status === 'lost' ? 'lost' : `in phase ${phase}`}: post_sale follows a win (deal.won).`
    case 'too-many':
      return 'This lead has as many deals and phases as are kept for one lead.'
    default:
      return because satisfies never
  }
}
