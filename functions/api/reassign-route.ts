import * as z from 'zod/mini'
import type { ReassignOutcome, ReassignWish } from '../handoff/reassign-handoff.ts'
import type { Clock } from '../ports.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'
import { inputErrors, shortText } from './paging.ts'
import { alreadyText, viewHandoffInFull } from './view-handoff.ts'

/** Everything may be absent: then it is somebody else's turn in the same team. */
const wishSchema = z._default(
  z.strictObject(
    { team: shortText(64), owner: shortText(320), reason: shortText(500) },
    'must be an object with team, owner and reason, each of which may be absent',
  ),
  {},
)

/** To whom, as the body says it, and by whom. */
export const readWish = ({
  caller,
  body,
}: Pick<ApiRequest, 'caller' | 'body'>): { type: 'wish'; wish: ReassignWish } | BadInput => {
  const parsed = wishSchema.safeParse(body)
  if (!parsed.success) return { type: 'bad-input', errors: inputErrors(parsed.error) }
  const { team, owner, reason } = parsed.data
  return {
    type: 'wish',
    wish: {
      by: caller.email ?? caller.name,
      ...(team !== undefined && { team }),
      ...(owner !== undefined && { owner }),
      ...(reason !== undefined && { reason }),
    },
  }
}

type BadInput = Extract<ApiResult, { type: 'bad-input' }>

export const makeReassignRoute =
  (reassign: (handoffId: string, wish: ReassignWish) => Promise<ReassignOutcome>, clock: Clock) =>
  async (request: ApiRequest): Promise<ApiResult> => {
    const read = readWish(request)
    if (read.type !== 'wish') return read
    const outcome = await reassign(request.params.id ?? '', read.wish)
    if (outcome.type !== 'assigned' && outcome.type !== 'unchanged')
      return refusedReassignment(outcome, clock())
    const body = viewHandoffInFull(outcome.handoff, clock())
    const isAway = outcome.type === 'assigned' && outcome.isAway
    return {
      type: 'ok',
      body: isAway ? { ...body, hint: `${body.owner.name} is away today.` } : body,
      change: { after: { owner: body.owner.email } },
    }
  }

type Refused = Exclude<ReassignOutcome, { type: 'assigned' | 'unchanged' }>

/** Why somebody else does not get it. */
export const refusedReassignment = (outcome: Refused, now: string): ApiResult => {
  switch (outcome.type) {
    case 'no-longer-open': {
      const current = viewHandoffInFull(outcome.handoff, now)
      return { type: 'conflict', detail: alreadyText(current), current }
    }
    case 'nobody-else':
      return {
        type: 'conflict',
        detail: `The team has nobody but ${outcome.handoff.owner.name}.`,
        current: viewHandoffInFull(outcome.handoff, now),
      }
    case 'unknown-handoff':
      return { type: 'not-found', detail: 'There is no handoff with this id.' }
    case 'unknown-team':
      return {
        type: 'bad-input',
        errors: [{ path: 'team', message: `must be one of: ${outcome.teams.join(', ')}` }],
      }
    case 'unknown-member':
      return {
        type: 'bad-input',
        errors: [{ path: 'owner', message: `must be one of: ${outcome.members.join(', ')}` }],
      }
    default:
      return outcome satisfies never
  }
}
