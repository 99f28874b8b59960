import { z } from 'zod'
import { channelEvents, type Endpoint, webhookEvents } from '../../model/endpoint.ts'
import type { Disposition, HandoffRules, Member, Team } from '../../model/handoff-rules.ts'
import { type Checks, checked } from '../faults.ts'
import {
  address,
  date,
  duration,
  hours,
  id,
  language,
  localized,
  object,
  text,
  timeZone,
} from './common-schema.ts'
import { condition, stageId } from './scoring-schema.ts'

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
    .describe(
      'The language of emails to them, which does not affect routing; absent: the first of settings.yaml',
    ),
  weight: z
    .number()
    .min(0.001)
    .max(1000)
    .exactOptional()
    .describe('With strategy "weighted": relative share of turns; absent: 1'),
  capacity: z
    .int()
    .min(1)
    .exactOptional()
    .describe('Most handoffs at a time: open ones, and accepted ones until won or lost; absent: no limit'),
  hours: hours
    .exactOptional()
    .describe(
      "When they work, where that differs from the team: in the team's zone, not on its holidays. Leads are not matched to members by it",
    ),
  absent: z
    .array(absence)
    .exactOptional()
    .describe('Days of absence, first and last included, in the time zone of the team'),
})

const sticky = z
  .array(z.enum(['lead', 'account']))
  .refine((values) => new Set(values).size === values.length, 'must not be repeated')
  .describe(
    'Leads go to the person who accepted the same lead, or one of the same company, before, in any team; tried in this order',
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

const teams = z
  .record(id, team)
  .transform(
    (byId): Record<string, Team> =>
      Object.fromEntries(Object.entries(byId).map(([teamId, rules]) => [teamId, { id: teamId, ...rules }])),
  )

const isOfThisMachine = (hostname: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname)

const endpointUrl = z
  .string()
  .max(2_000)
  .refine((source) => {
    const url = URL.parse(source)
    return url?.protocol === 'https:' || (url?.protocol === 'http:' && isOfThisMachine(url.hostname))
  }, 'must be an https:// address (http://localhost and http://127.0.0.1 are allowed, for the local runner)')
  .refine((source) => !URL.parse(source)?.username, 'must not contain a user name or password')

/** Other systems that receive events of handoffs and deals. */
const notify = (checks: Checks): z.ZodType<readonly Endpoint[]> => {
  const common = {
    id: id.describe('The secret of a webhook is derived from it; the API shows deliveries by it'),
    team: checked(z.string(), checks.team)
      .exactOptional()
      .describe('Only events about handoffs of this team'),
    lead: z
      .boolean()
      .default(false)
      .describe('Includes names, email address and phone: personal data that leaves the account'),
  }
  const events = z.array(z.enum(webhookEvents)).min(1)
  const channel = {
    ...common,
    events: events.default([...channelEvents]).describe('Absent, for a channel: what it needs to act'),
    language: language.exactOptional().describe('Absent: the first of settings.yaml'),
  }
  return z.array(
    z.union([
      object({
        ...common,
        webhook: endpointUrl.describe('Signed JSON by Standard Webhooks'),
        events: events.default([...webhookEvents]).describe('Events sent; absent: all'),
      }).transform(({ webhook: url, ...rest }): Endpoint => ({ type: 'webhook', url, ...rest })),
      object({
        ...channel,
        slack: endpointUrl.describe('Incoming webhook of a Slack channel'),
      }).transform(({ slack: url, ...rest }): Endpoint => ({ type: 'slack', url, ...rest })),
      object({
        ...channel,
        teams: endpointUrl.describe('Address of a Teams workflow that posts to a channel'),
      }).transform(({ teams: url, ...rest }): Endpoint => ({ type: 'teams', url, ...rest })),
    ]),
  )
}

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

const mostExplored = 50
const shareMessage = `must be a share of more than 0% and at most ${mostExplored}%: 3%`

const explore = z
  .string(shareMessage)
  .regex(/^\d{1,2}(\.\d{1,2})?%$/, shareMessage)
  .transform((text, context): number => {
    const percent = Number(text.slice(0, -1))
    if (percent > 0 && percent <= mostExplored) return percent / 100
    context.addIssue({ code: 'custom', message: shareMessage })
    return z.NEVER
  })

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
      .describe('The first match counts; the last has no `when`'),
    accept: object({
      remind: duration.exactOptional(),
      escalate: duration.exactOptional(),
      reassign: duration.exactOptional(),
      expire: object({ after: duration, reason: z.string() })
        .describe('The lead returns to marketing for this reason of `reject`; absent: it keeps waiting')
        .exactOptional(),
    })
      .default({})
      .describe('In business hours of the team from the assignment on'),
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
      .describe('What follows a lost deal, by reason; "default" covers every other')
      .exactOptional(),
    unconfirmed: object({ perHour: z.int().min(1).max(100_000) })
      .describe(
        'How many leads with an unconfirmed address go to sales in an hour; the rest wait. Absent: 10',
      )
      .exactOptional(),
    explore: explore
      .describe(
        'Share of the leads just below the threshold (down to four fifths of it) that go to sales all the same, marked, so that scoring learns what sales says of them. Absent: none',
      )
      .exactOptional(),
    notify: notify(checks)
      .describe('Other systems that get events: signed webhooks, channels of Slack and Teams')
      .exactOptional(),
  })
