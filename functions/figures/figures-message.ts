import * as z from 'zod/mini'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import { tellingEvents } from '../event-names.ts'
import type { TellFigures } from '../figures-ports.ts'
import { decisionIn } from '../queue/message.ts'
import type { AskedReport } from './send-report.ts'

const isTelling = (type: string): type is (typeof tellingEvents)[number] =>
  tellingEvents.some((one) => one === type)

/** What stands on the figures' queue. */
export type FiguresMessage =
  /** Something about these leads may have changed. */
  | { readonly type: 'leads'; readonly leadIds: readonly LeadId[] }
  /** So has what channels cost. */
  | { readonly type: 'costs' }
  /** The rows of a lane are made anew by the code of this version, from `place` on. */
  | {
      readonly type: 'rebuild'
      readonly rowsVersion: number
      readonly lane: number
      readonly place?: string
    }
  /** Rows are made anew where they are not by the present code, or, if it is asked for, all of them. */
  | { readonly type: 'begin'; readonly anew: boolean }
  /** The calendar asks for the figures of the latest week or month by email, or somebody for those of a period. */
  | { readonly type: 'report'; readonly report: AskedReport }

const own = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('leads'),
    leadIds: z.array(z.custom<LeadId>((value) => parseLeadId(value) !== undefined)),
  }),
  z.object({ type: z.literal('costs') }),
  z.object({
    type: z.literal('rebuild'),
    rowsVersion: z.int(),
    lane: z.int(),
    place: z.exactOptional(z.string()),
  }),
  z.object({ type: z.literal('begin'), anew: z.boolean() }),
  z.object({
    type: z.literal('report'),
    report: z.union([
      z.object({ kind: z.enum(['week', 'month']) }),
      z.object({ name: z.string(), asked: z.string() }),
    ]),
  }),
])

/** @throws when `body` is neither of these nor an event that tells of a lead: the message ends in the dead-letter queue. */
export const parseMessage = (body: unknown): FiguresMessage => {
  const message = z.safeParse(own, body)
  if (message.success) return message.data
  return { type: 'leads', leadIds: [decisionIn(body, isTelling).leadId] }
}

export const costsChanged: JsonObject = { type: 'costs' }

/** As many ids as a message easily holds. */
const most = 1_000

/** @param enqueue puts a message on the figures' queue. */
export const tellFigures = (enqueue: (message: JsonObject) => Promise<void>): TellFigures => ({
  leadsChanged: async (all) => {
    const leadIds = [...new Set(all)]
    for (let from = 0; from < leadIds.length; from += most)
      await enqueue({ type: 'leads', leadIds: leadIds.slice(from, from + most) })
  },
  costsChanged: () => enqueue(costsChanged),
})
