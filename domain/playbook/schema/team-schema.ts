import { z } from 'zod'
import type { Member, Team } from '../../handoff/handoff-rules.ts'
import { address, date, hours, id, language, text, timeZone } from './common-schema.ts'
import { object } from './object.ts'

const absence = object({ from: date, to: date }).superRefine((value, context) => {
  if (value.to < value.from)
    context.addIssue({
      code: 'custom',
      path: ['to'],
      message: `"to" must not be earlier than "from" (${value.from}); both days are included`,
    })
})

const member: z.ZodType<Member> = object({
  name: text,
  email: address,
  language: language
    .exactOptional()
    .describe('Of what is written to them; absent: the first of settings.yaml'),
  weight: z
    .number()
    .min(0.001)
    .max(1000)
    .exactOptional()
    .describe('With strategy "weighted": turns in proportion to those of the others; absent: 1'),
  capacity: z
    .int()
    .min(1)
    .exactOptional()
    .describe(
      'Most handoffs of this team at a time: open ones, and accepted ones until they are won or lost; absent: no limit',
    ),
  hours: hours
    .exactOptional()
    .describe("When they work, where that differs from the team: in the team's zone, not on its holidays"),
  absent: z
    .array(absence)
    .exactOptional()
    .describe('Days on which they are away, first and last included, in the zone of the team'),
})

const sticky = z
  .array(z.enum(['lead', 'account']))
  .refine((values) => new Set(values).size === values.length, 'each stands once')
  .describe(
    'Leads stay with whoever accepted the same person before, or somebody of the same company; tried in this order',
  )

const team: z.ZodType<Omit<Team, 'id'>> = object({
  timeZone,
  hours,
  holidays: z.array(date).default([]),
  strategy: z
    .enum(['round-robin', 'weighted', 'least-loaded'])
    .describe('Whose turn it is: in order, by weight, or of those with the fewest open handoffs'),
  sticky: sticky.exactOptional(),
  lead: member.exactOptional(),
  members: z.tuple([member], member),
})

export const teams = z
  .record(id, team)
  .transform(
    (byId): Record<string, Team> =>
      Object.fromEntries(Object.entries(byId).map(([teamId, rules]) => [teamId, { id: teamId, ...rules }])),
  )
