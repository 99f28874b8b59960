import * as z from 'zod/mini'
import type { ReassignOutcome, ReassignWish } from '../handoff/reassign-handoff.ts'
import type { Clock } from '../ports.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'
import { inputErrors, shortText } from './paging.ts'
import { viewHandoffInFull } from './view-handoff.ts'

/** Everything may be absent: then it is somebody else's turn in the same team. */
const wishSchema = z._default(
  z.strictObject(
    { team: shortText(64), owner: shortText(320), reason: shortText(500) },
    'must be an object with team, owner and reason, each of which may be absent',
  ),
  {},
)

export const makeReassignRoute =
  (reassign: (handoffId: string, wish: ReassignWish) => Promise<ReassignOutcome>, clock: Clock) =>
  async ({ params, caller, body }: ApiRequest): Promise<ApiResult> => {
    const parsed = wishSchema.safeParse(body)
    if (!parsed.success) return { type: 'bad-input', errors: inputErrors(parsed.error) }
    const { team, owner, reason } = parsed.data
    const outcome = await reassign(params.id ?? '', {
      by: caller.email ?? caller.name,
      ...(team !== undefined && { team }),
      ...(owner !== undefined && { owner }),
      ...(reason !== undefined && { reason }),
    })
    return toResult(outcome, clock())
  }

const toResult = (outcome: ReassignOutcome, now: string): ApiResult => {
  switch (outcome.type) {
    case 'assigned':
    case 'unchanged':
      return { type: 'ok', body: viewHandoffInFull(outcome.handoff, now) }
    case 'no-longer-open': {
      const current = viewHandoffInFull(outcome.handoff, now)
      const by = current.answeredBy ? ` by ${current.answeredBy}` : ''
      return { type: 'conflict', detail: `This handoff is already ${current.state}${by}.`, current }
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
