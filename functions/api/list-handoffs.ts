import * as z from 'zod/mini'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import { handoffStates } from '../../domain/handoff/handoff.ts'
import type { Clock, Handoffs } from '../ports.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'
import { inputErrors, keyText, notOurs, oneOf, pageQuery, shortText, toCursor } from './paging.ts'
import { viewHandoff } from './view-handoff.ts'

const query = z.extend(pageQuery, { state: oneOf(handoffStates), owner: shortText(320) })

/** Where a list over all states goes on: in which state, and from which key. */
const position = z.object({ state: z.enum(handoffStates), key: z.optional(keyText) })

/** What one request has time for: the cursor goes on from where it stopped. */
const mostPagesRead = 12

/** Handoffs, open ones first and newest first within a state. `owner` is a salesperson's address. */
export const makeListHandoffs =
  (
    ports: { readonly handoffs: Handoffs; readonly clock: Clock },
    more: (handoff: Handoff) => object = () => ({}),
  ) =>
  async (request: ApiRequest): Promise<ApiResult> => {
    const parsed = query.safeParse(request.query)
    if (!parsed.success) return { type: 'bad-input', errors: inputErrors(parsed.error) }
    const { state, owner, limit, cursor } = parsed.data
    const begin = readPosition(cursor, state)
    if (!begin) return { type: 'bad-input', errors: [{ path: 'cursor', message: notOurs }] }

    const items: Handoff[] = []
    let at: z.infer<typeof position> | undefined = begin
    for (let pages = 0; at && items.length < limit && pages < mostPagesRead; pages += 1) {
      const page = await ports.handoffs.page({
        state: at.state,
        ...(owner !== undefined && { owner }),
        limit: limit - items.length,
        ...(at.key !== undefined && { cursor: at.key }),
      })
      items.push(...page.items)
      const following: typeof at.state | undefined = state
        ? undefined
        : handoffStates[handoffStates.indexOf(at.state) + 1]
      at = page.next !== undefined ? { state: at.state, key: page.next } : following && { state: following }
    }
    const now = ports.clock()
    return {
      type: 'ok',
      body: {
        items: items.map((handoff) => ({
          ...viewHandoff(handoff, now),
          ...more(handoff),
        })),
        ...(at && { next: toCursor(JSON.stringify(at)) }),
      },
    }
  }

const readPosition = (cursor: string | undefined, state: z.infer<typeof query>['state']) => {
  if (cursor === undefined) return { state: state ?? handoffStates[0] }
  try {
    const at = position.parse(JSON.parse(cursor))
    return state === undefined || at.state === state ? at : undefined
  } catch {
    return undefined
  }
}
