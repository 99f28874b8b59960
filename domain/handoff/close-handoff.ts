import { acceptanceOf } from './accepted.ts'
import { stopDeadlines } from './deadlines.ts'
import type { Handoff } from './handoff.ts'

/**
 * What the end of its deal makes of a handoff, at `now`. Of several ends the latest stands, in whatever order they are told;
 * one that sales rejected or that expired stays so. @returns the same handoff where nothing changes.
 */
export const closeHandoff = (handoff: Handoff, outcome: 'won' | 'lost', now: string): Handoff => {
  const { answer } = handoff
  switch (answer.state) {
    case 'requested':
    case 'accepted':
      return closed(handoff, outcome, now)
    case 'won':
    case 'lost':
      return answer.at < now && answer.state !== outcome ? closed(handoff, outcome, now) : handoff
    case 'rejected':
    case 'expired':
      return handoff
    default:
      return answer satisfies never
  }
}

const closed = (handoff: Handoff, state: 'won' | 'lost', at: string): Handoff => {
  const accepted = acceptanceOf(handoff)
  const overdue = handoff.answer.state === 'requested' ? stopDeadlines(handoff, at) : {}
  return { ...handoff, ...overdue, answer: { state, at, ...(accepted && { accepted }) } }
}
