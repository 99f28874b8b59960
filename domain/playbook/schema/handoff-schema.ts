import { z } from 'zod'
import type { Disposition, HandoffRules, Member, Team } from '../../handoff/handoff-rules.ts'
import { type Checks, checked } from '../checks.ts'
import { address, date, duration, hours, id, localized, text, timeZone } from './common-schema.ts'
import { condition, stageId } from './funnel-schema.ts'
import { object } from './object.ts'

const member: z.ZodType<Member> = object({
  name: text,
  email: address,
  weight: z.number().positive().exactOptional(),
  capacity: z.int().min(1).exactOptional(),
})

const team: z.ZodType<Omit<Team, 'id'>> = object({
  timeZone,
  hours,
  holidays: z.array(date).default([]),
  strategy: z.enum(['round-robin', 'weighted', 'least-loaded']),
  lead: member.exactOptional(),
  members: z.tuple([member], member),
})

const teams = z
  .record(id, team)
  .transform(
    (byId): Record<string, Team> =>
      Object.fromEntries(Object.entries(byId).map(([teamId, rules]) => [teamId, { id: teamId, ...rules }])),
  )

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
    })
      .default({})
      .describe('Business hours of the team, from the request'),
    reject: z
      .record(id, disposition(checks))
      .describe('The reasons sales may give, and what follows from each'),
    lost: z
      .record(id, disposition(checks))
      .describe('What follows a lost deal, by reason; "default" stands for every other')
      .exactOptional(),
  })
