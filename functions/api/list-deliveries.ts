import * as z from 'zod/mini'
import { type Delivery, deliveryStates } from '../../domain/webhook/delivery.ts'
import type { DeliveryLists } from '../webhook-ports.ts'
import type { ApiResult } from './api-request.ts'
import { inputErrors, longKeyText, notOurs, oneOf, pageQuery, toCursor } from './paging.ts'
import { viewDelivery } from './view-webhook.ts'

const query = z.extend(pageQuery, { state: oneOf(deliveryStates) })

/** Where the list goes on: in which state, and from which place of that state's list. */
const position = z.object({ state: z.enum(deliveryStates), key: z.optional(longKeyText) })
type Position = z.infer<typeof position>

const readPosition = (
  cursor: string | undefined,
  state: Position['state'] | undefined,
): Position | undefined => {
  if (cursor === undefined) return { state: state ?? deliveryStates[0] }
  try {
    const at = position.parse(JSON.parse(cursor))
    return state === undefined || at.state === state ? at : undefined
  } catch {
    return undefined
  }
}

/** What one request has time for: the cursor goes on from where it stopped. */
const mostPagesRead = 10

/** Deliveries to one endpoint: pending ones, then delivered, then failed ones; newest first within a state. */
export const listDeliveries = async (
  lists: Pick<DeliveryLists, 'page'>,
  endpoint: string,
  asked: Readonly<Record<string, string>>,
): Promise<ApiResult> => {
  const parsed = query.safeParse(asked)
  if (!parsed.success) return { type: 'bad-input', errors: inputErrors(parsed.error) }
  const { state, limit, cursor } = parsed.data
  let at = readPosition(cursor, state)
  if (!at) return { type: 'bad-input', errors: [{ path: 'cursor', message: notOurs }] }
  const items: Delivery[] = []
  for (let pages = 0; at && items.length < limit && pages < mostPagesRead; pages += 1) {
    const { key } = at
    const page = await lists.page({
      endpoint,
      state: at.state,
      limit: limit - items.length,
      ...(key !== undefined && { cursor: key }),
    })
    items.push(...page.items)
    const following: Position['state'] | undefined = state
      ? undefined
      : deliveryStates[deliveryStates.indexOf(at.state) + 1]
    at = page.next !== undefined ? { state: at.state, key: page.next } : following && { state: following }
  }
  return {
    type: 'ok',
    body: { items: items.map(viewDelivery), ...(at && { next: toCursor(JSON.stringify(at)) }) },
  }
}
