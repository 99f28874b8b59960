import * as z from 'zod/mini'
import type { HandoffReply } from '../../domain/handoff/answer-handoff.ts'
import { noteLimit } from '../../domain/handoff/page/question-page.ts'
import type { AnswerOutcome } from '../handoff/answer-handoff.ts'
import type { Clock } from '../ports.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'
import type { Caller } from './caller.ts'
import { inputErrors } from './paging.ts'
import { alreadyText, viewHandoff } from './view-handoff.ts'

type Answer = (handoffId: string, reply: HandoffReply) => Promise<AnswerOutcome>

const missing = 'must say why, as one of the reasons of handoff.yaml'
const rejection = z.object(
  {
    reason: z.string(missing).check(z.minLength(1, missing), z.maxLength(100, missing)),
    note: z.optional(z.string().check(z.trim(), z.maxLength(noteLimit))),
  },
  missing,
)

export const makeAcceptRoute =
  (answer: Answer, clock: Clock) =>
  async ({ params, caller }: ApiRequest): Promise<ApiResult> =>
    toResult(await answer(params.id ?? '', { type: 'accept', by: nameOf(caller) }), clock())

export const makeRejectRoute =
  (answer: Answer, clock: Clock) =>
  async ({ params, caller, body }: ApiRequest): Promise<ApiResult> => {
    const parsed = rejection.safeParse(body)
    if (!parsed.success) return { type: 'bad-input', errors: inputErrors(parsed.error) }
    const { reason, note } = parsed.data
    return toResult(
      await answer(params.id ?? '', { type: 'reject', by: nameOf(caller), reason, ...(note && { note }) }),
      clock(),
    )
  }

const nameOf = (caller: Caller): string => caller.email ?? caller.name

const toResult = (outcome: AnswerOutcome, now: string): ApiResult => {
  switch (outcome.type) {
    case 'answered':
      return { type: 'ok', body: viewHandoff(outcome.handoff, now) }
    case 'repeated':
    case 'no-longer-open': {
      const current = viewHandoff(outcome.handoff, now)
      return { type: 'conflict', detail: alreadyText(current), current }
    }
    case 'handed-on':
      return {
        type: 'conflict',
        detail: `${outcome.handoff.owner.name} has this handoff by now.`,
        current: viewHandoff(outcome.handoff, now),
      }
    case 'unknown-reason':
      return {
        type: 'bad-input',
        errors: [{ path: 'reason', message: `must be one of: ${outcome.reasons.join(', ')}` }],
      }
    case 'unknown-handoff':
      return { type: 'not-found', detail: 'There is no handoff with this id.' }
    default:
      return outcome satisfies never
  }
}
