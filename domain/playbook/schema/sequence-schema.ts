import { z } from 'zod'
import type { RawSequence, RawStep } from '../../sequence/steps.ts'
import { type Checks, checked } from '../faults.ts'
import { activityType, attributeName, duration, id, object, text, time } from './common-schema.ts'
import { condition, stageId } from './scoring-schema.ts'

const days = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday'
const untilPattern = new RegExp(`^((${days}) )?([01][0-9]|2[0-3]):[0-5][0-9]$`)

const longestWait = 10 * 365 * 86_400_000

/** Beyond that a wait is a slip, and its end no date that a schedule can hold. */
const waitDuration = duration.refine((wait) => wait <= longestWait, 'a wait is at most 10 years (3650d)')

const waitSchema = (checks: Checks) =>
  z.union([
    waitDuration,
    object({
      for: checked(activityType, checks.activityType),
      timeout: waitDuration,
    }).describe('Until the lead does this, or until the time is up; `if: did(…)` then tells which'),
    dateWait(checks),
    object({
      until: z
        .string()
        .regex(untilPattern, 'a local moment is HH:MM, or a weekday and HH:MM: tuesday 10:00')
        .describe("In the lead's time zone: 10:00 or tuesday 10:00"),
    }),
  ])

const oneDay = 86_400_000

/** Dates have no hours. */
const wholeDays = waitDuration.refine(
  (wait) => wait % oneDay === 0,
  'so long before or after a date is counted in days or weeks: 60d, 8w',
)

const dateWait = (checks: Checks) =>
  object({
    date: checked(attributeName, checks.dateAttribute).describe(
      'Attribute of the lead that holds a date, such as renewsAt. It is looked at anew when it is moved. ' +
        'A lead without one leaves the sequence there',
    ),
    before: wholeDays.exactOptional().describe('So long before that date: 60d, 8w'),
    after: wholeDays
      .exactOptional()
      .describe('So long after that date: 30d. Neither "before" nor "after": on the day'),
    at: time.exactOptional().describe("At this time of the day, in the lead's time zone; absent: 09:00"),
  }).describe('Until so long before or after a date that the lead has as an attribute')

/** Schedules, tags and keys are made of it; it has to leave room in them. */
const sequenceId = id.max(40, 'the id of a sequence has at most 40 characters')

/** Named apart: an object literal with this key would look like a promise to tools. */
const yes = 'then'

const stepSchema = (checks: Checks): z.ZodType<RawStep> => {
  const step: z.ZodType<RawStep> = z.lazy(() => union)
  const steps = z.array(step)
  const union = z.union([
    object({
      email: checked(z.string(), checks.email),
      atOnce: z
        .literal(true)
        .describe(
          'The lead has just asked for it, as with the download that a form promises: it goes out at night and whatever ' +
            'the caps say. Before the first wait only, and within an hour of what the sequence began with',
        )
        .exactOptional(),
    }),
    object({ wait: waitSchema(checks) }),
    object({ if: condition(checks.leadCondition), [yes]: steps, else: steps.exactOptional() }),
    object({ split: object({ name: id, ways: z.record(id, steps) }) }),
    object({ set: z.record(attributeName, z.union([z.string(), z.number(), z.boolean()])) }),
    object({ notify: object({ team: checked(z.string(), checks.team), message: text.max(1000) }) }),
    object({ exit: z.union([z.literal(true), text.max(200)], 'expected true, or the reason as a text') }),
    object({ enter: checked(z.string(), checks.sequence) }),
  ])
  return step
}

export const sequenceSchema = (checks: Checks): z.ZodType<RawSequence> =>
  object({
    id: sequenceId,
    enter: z.union([
      object({ stage: stageId }),
      object({ activity: checked(activityType, checks.activityType) }),
      object({ when: condition(checks.leadCondition) }),
    ]),
    audience: condition(checks.leadCondition).exactOptional(),
    reenter: z
      .union([z.enum(['never', 'always']), duration], 'expected never, always or a duration (90d)')
      .default('never'),
    exit: condition(checks.leadCondition).exactOptional(),
    goal: condition(checks.leadCondition).exactOptional(),
    withSales: z
      .enum(['hold', 'continue'])
      .describe(
        'While sales has the lead: "hold" keeps marketing emails until the lead is given back, "continue" sends them. ' +
          'Absent: hold, unless it begins with the stage "purchase" or an activity of the sale',
      )
      .exactOptional(),
    stale: duration
      .exactOptional()
      .describe('An email that is later than this is not sent any more; absent: 3d'),
    steps: z.array(stepSchema(checks)).min(1),
  })

export interface FrontMatter {
  readonly subject: string
  readonly preheader: string
  readonly kind: 'marketing' | 'transactional'
  readonly purpose?: string
  /** Why the reader gets it, for the foot of the layout: `email.reason`. */
  readonly reason?: string
}

const oneLine = text.max(500).regex(/^[^\r\n]*$/, 'must be a single line')

/** What stands between the two `---` lines of an email. */
export const frontMatterSchema = (): z.ZodType<FrontMatter> =>
  object({
    subject: oneLine,
    preheader: oneLine.describe('What the inbox shows beside the subject'),
    kind: z.enum(['marketing', 'transactional']),
    purpose: id
      .exactOptional()
      .describe('What the reader must have consented to, of settings.yaml; absent: the first one'),
    reason: oneLine
      .exactOptional()
      .describe('Why the reader gets this email, for the foot: {{ email.reason }} in emails/_layout.mjml'),
  })
