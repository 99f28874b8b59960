import { z } from 'zod'
import type { RawSequence, RawStep } from '../../sequence/parse-steps.ts'
import { type Checks, checked } from '../checks.ts'
import { activityType, attributeName, duration, id } from './common-schema.ts'
import { condition, stageId } from './funnel-schema.ts'
import { object } from './object.ts'

const days = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday'
const untilPattern = new RegExp(`^((${days}) )?([01][0-9]|2[0-3]):[0-5][0-9]$`)

const wait = z.union([
  duration,
  object({
    until: z
      .string()
      .regex(untilPattern, 'a local moment is HH:MM, or a weekday and HH:MM: tuesday 10:00')
      .describe("In the lead's time zone: 10:00 or tuesday 10:00"),
  }),
])

/** Steps that the contract names and that cannot be run yet: refused by name, and not offered to editors. */
const notYet = (kind: string) =>
  z
    .looseObject({})
    .superRefine((step, context) => {
      const isMeant = Object.hasOwn(step, kind)
      const message = isMeant ? `"${kind}" steps are not available yet` : 'another step'
      context.addIssue({ code: 'custom', message, path: isMeant ? [kind] : [], params: { at: 'key' } })
    })
    .transform((): RawStep => ({ set: {} }))
    .meta({ deprecated: true })

/** Named apart: an object literal with this key would look like a promise to tools. */
const yes = 'then'

const stepSchema = (checks: Checks): z.ZodType<RawStep> => {
  const step: z.ZodType<RawStep> = z.lazy(() => union)
  const steps = z.array(step)
  const union = z.union([
    object({ email: checked(z.string(), checks.email) }),
    object({ wait }),
    object({ if: condition(checks.leadCondition), [yes]: steps, else: steps.exactOptional() }),
    object({ split: object({ name: id, ways: z.record(id, steps) }) }),
    object({ set: z.record(attributeName, z.union([z.string(), z.number(), z.boolean()])) }),
    notYet('notify'),
    notYet('exit'),
    notYet('enter'),
  ])
  return step
}

export const sequenceSchema = (checks: Checks): z.ZodType<RawSequence> =>
  object({
    id,
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
    steps: z.array(stepSchema(checks)).min(1),
  })
