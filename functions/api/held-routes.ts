import * as z from 'zod/mini'
import { figureOf } from '../../domain/sending/email-figures.ts'
import type { Clock } from '../ports.ts'
import { type CancelEmailPorts, makeCancelEmail } from '../send/cancel-email.ts'
import type { EmailFigures, SendLists } from '../send-ports.ts'
import type { ApiRequest, ApiResult, ApiRoute } from './api-request.ts'
import { inputErrors, notOurs, pageQuery, shortText, toCursor } from './paging.ts'
import { viewSend } from './view-send.ts'

export interface HeldRoutePorts extends CancelEmailPorts {
  readonly sendLists: SendLists
  readonly emailFigures: EmailFigures
  readonly clock: Clock
}

const query = z.extend(pageQuery, { sequence: shortText(64) })
/** DynamoDB takes keys of at most a kilobyte. */
const longestCursor = 500

/** Held emails: by sequence, then by email, the one that is looked at first coming first. */
const makeListHeld =
  ({ sendLists, clock }: HeldRoutePorts) =>
  async (request: ApiRequest): Promise<ApiResult> => {
    const parsed = query.safeParse(request.query)
    if (!parsed.success) return { type: 'bad-input', errors: inputErrors(parsed.error) }
    const { sequence, limit, cursor } = parsed.data
    const isOurs =
      cursor === undefined ||
      (cursor.length <= longestCursor && (sequence === undefined || cursor.startsWith(`${sequence}#`)))
    if (!isOurs) return { type: 'bad-input', errors: [{ path: 'cursor', message: notOurs }] }
    const { items, next } = await sendLists.held({
      limit,
      ...(sequence !== undefined && { sequence }),
      ...(cursor !== undefined && { cursor }),
    })
    const now = clock()
    return {
      type: 'ok',
      body: {
        items: items.map((send) => viewSend(send, now)),
        ...(next !== undefined && { next: toCursor(next) }),
      },
    }
  }

const makeCancel = (ports: HeldRoutePorts) => {
  const cancelEmail = makeCancelEmail(ports)
  return async ({ params }: ApiRequest): Promise<ApiResult> => {
    const result = await cancelEmail(params.sendId ?? '')
    switch (result.type) {
      case 'cancelled':
        return { type: 'ok', body: viewSend(result.send, ports.clock()) }
      case 'not-held': {
        const current = viewSend(result.send, ports.clock())
        return { type: 'conflict', detail: `This email is not held: it is ${current.status}.`, current }
      }
      case 'unknown-email':
        return { type: 'not-found', detail: 'There is no email with this id.' }
      default:
        return result satisfies never
    }
  }
}

/** What became of every email that the runs of a sequence asked for; `atLeast` while those of earlier releases are still being counted in. */
const makeReport =
  ({ emailFigures }: HeldRoutePorts) =>
  async ({ params }: ApiRequest): Promise<ApiResult> => {
    const { id = '' } = params
    const { isAll } = await emailFigures.countInEarlier(id)
    const figures = await emailFigures.ofSequence(id)
    return {
      type: 'ok',
      body: {
        sequence: id,
        emails: [...figures].map(([email, figure]) => ({ email, ...figure })),
        total: figureOf([...figures.values()]),
        ...(!isAll && { atLeast: true }),
      },
    }
  }

export const heldRoutes = (ports: HeldRoutePorts): readonly ApiRoute[] => {
  const roles = ['marketing', 'admin'] as const
  return [
    { method: 'GET', path: '/api/emails/held', roles, answer: makeListHeld(ports) },
    {
      method: 'POST',
      path: '/api/emails/held/:sendId/cancel',
      action: 'email.cancelled',
      roles,
      answer: makeCancel(ports),
    },
    { method: 'GET', path: '/api/sequences/:id/report', roles, answer: makeReport(ports) },
  ]
}
