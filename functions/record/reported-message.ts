import * as z from 'zod/mini'
import { parseActivity } from '../../domain/activity/parse-activity.ts'
import { type Activity, type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Reported } from './record-ports.ts'

const schema = z.object({
  type: z.literal('reported'),
  reports: z.array(
    z.object({
      activity: z.looseObject({ id: z.string(), occurredAt: z.string() }),
      marked: z.exactOptional(z.literal(true)),
    }),
  ),
})

const leadIn = ({ subject }: Activity): LeadId | undefined =>
  'leadId' in subject ? parseLeadId(subject.leadId) : undefined

/** Messages for the recorder's queue that bring what SES has reported: one for each lead. */
export const reportedMessages = (reported: readonly Reported[]): readonly JsonObject[] =>
  [...Map.groupBy(reported, ({ activity }) => leadIn(activity))].flatMap(([leadId, reports]) =>
    leadId === undefined
      ? []
      : [
          {
            type: 'reported',
            leadId,
            reports: reports.map(({ activity, ...report }) => ({ ...report, activity: { ...activity } })),
          },
        ],
  )

/** @returns undefined for any other message. @throws for what reports no activities: the message ends in the dead-letter queue. */
export const reportsIn = (body: unknown): readonly Reported[] | undefined => {
  const { data } = z.safeParse(schema, body)
  return data?.reports.map(({ activity, ...report }) => {
    const { id, occurredAt } = activity
    const parsed = parseActivity(activity, occurredAt, id)
    if (parsed.type === 'refused')
      throw new Error(`not an activity: ${parsed.errors.map(({ path }) => path).join(', ')}`)
    return { activity: parsed.activity, ...report }
  })
}
