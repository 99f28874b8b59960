import type { ReassignWish } from '../handoff/reassign-handoff.ts'
import type { MemberOutcome } from '../handoff/reassign-member.ts'
import type { Clock } from '../ports.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'
import { readWish, refusedReassignment } from './reassign-route.ts'
import { viewHandoff } from './view-handoff.ts'

type ReassignMember = (team: string, email: string, wish: ReassignWish) => Promise<MemberOutcome>

/** Everything that somebody has open goes to others; `left` is what did not fit into one call. */
export const makeReassignMemberRoute =
  (reassign: ReassignMember, clock: Clock) =>
  async (request: ApiRequest): Promise<ApiResult> => {
    const { team = '', email = '' } = request.params
    const read = readWish(request)
    if (read.type !== 'wish') return read
    if (read.wish.owner?.toLowerCase() === email.toLowerCase())
      return { type: 'bad-input', errors: [{ path: 'owner', message: 'must be somebody else' }] }
    const outcome = await reassign(team, email, read.wish)
    if (outcome.type !== 'reassigned') return refusedReassignment(outcome, clock())
    const now = clock()
    const items = outcome.handoffs.map((handoff) => viewHandoff(handoff, now))
    return { type: 'ok', body: { items, left: outcome.left } }
  }
