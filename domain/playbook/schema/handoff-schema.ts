import { z } from 'zod'
import type { Disposition, HandoffRules } from '../../handoff/handoff-rules.ts'
import { type Checks, checked } from '../checks.ts'
import { duration, id, localized } from './common-schema.ts'
import { condition, stageId } from './funnel-schema.ts'
import { notify } from './notify-schema.ts'
import { object } from './object.ts'
import { teams } from './team-schema.ts'

const disposition = (checks: Checks): z.ZodType<Disposition> =>
  z.union([
    object({
      recycle: stageId,
      pause: duration.exactOptional(),
      sequence: checked(z.string(), checks.sequence).exactOptional(),
      label: localized.exactOptional(),
    }).transform(({ recycle: stage, ...further }): Disposition => ({ type: 'recycle', stage, ...further })),
    object({ close: z.literal(true), label: localized.exactOptional() }).transform(
      ({ close: _, ...further }): Disposition => ({ type: 'close', ...further }),
    ),
  ])

export const handoffSchema = (checks: Checks): z.ZodType<HandoffRules> =>
  object({
    qualify: condition(checks.entryCondition),
    require: z.array(checked(z.string(), checks.attribute)).default([]),
    teams,
    route: z
      .array(
        object({
          when: condition(checks.leadCondition).exactOptional(),
          team: checked(z.string(), checks.team),
        }),
      )
      .describe('First match; the last one has no `when`'),
    accept: object({
      remind: duration.exactOptional(),
      escalate: duration.exactOptional(),
      reassign: duration.exactOptional(),
      expire: object({ after: duration, reason: z.string() })
        .describe('Then the lead is given back as for this reason of `reject`; absent: it waits on')
        .exactOptional(),
    })
      .default({})
      .describe('Business hours of the team, from when somebody was given it'),
    reject: z
      .record(id, disposition(checks))
      .describe('The reasons sales may give, and what follows from each'),
    opening: z
      .array(object({ when: condition(checks.leadCondition).exactOptional(), text: localized }))
      .describe(
        'How sales may begin the conversation: the first whose condition holds; the last has no `when`',
      )
      .exactOptional(),
    lost: z
      .record(id, disposition(checks))
      .describe('What follows a lost deal, by reason; "default" stands for every other')
      .exactOptional(),
    unconfirmed: object({ perHour: z.int().min(1).max(100_000) })
      .describe(
        'How many leads an hour go to sales whose address nobody has confirmed; more wait. Absent: 10',
      )
      .exactOptional(),
    notify: notify(checks)
      .describe('Other systems that are told: signed webhooks, channels of Slack and Teams')
      .exactOptional(),
  })
