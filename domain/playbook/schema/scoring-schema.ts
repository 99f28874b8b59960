import { z } from 'zod'
import { farthestNumber } from '../../condition/compile-condition.ts'
import { type FunnelRules, stageIds } from '../../model/deal.ts'
import type { ScoringRules } from '../../model/scoring-rules.ts'
import { optionShapes } from '../../scoring/counting-options.ts'
import { parseDuration } from '../../time/local-time.ts'
import { type Checks, checked } from '../faults.ts'
import { activityType, duration, id, localized, object, text } from './common-schema.ts'

export const stageId = z.enum(stageIds)

export const condition = (check: Checks['leadCondition']) =>
  checked(z.string().regex(/\S/, 'a condition must not be empty'), check).describe(
    'A condition in CEL (Common Expression Language)',
  )

export const funnelSchema = (checks: Checks): z.ZodType<FunnelRules> =>
  object({
    stages: z.array(
      object({
        id: stageId,
        goal: text,
        tactics: z.array(text),
        metrics: z.array(z.string()),
        enter: condition(checks.entryCondition).exactOptional(),
      }),
    ),
  })

const bands = z
  .record(id, z.number().min(0))
  .transform((floors) =>
    Object.entries(floors)
      .map(([band, floor]) => ({ id: band, floor }))
      .sort((a, b) => a.floor - b.floor),
  )
  .describe('Lowest score of the band; one band begins at 0')

const points = z.number().min(-farthestNumber).max(farthestNumber)

const pointsMessage = 'points are a number, or an expression in quotes that gives one'

const pointsOrExpression = (checks: Checks) =>
  z
    .union([checked(z.string(pointsMessage), checks.points), points])
    .describe(
      'A number, or an expression in CEL: activity.amount / 100. Money may come as text: double(activity.amount) / 100. An expression without a value awards nothing, and the explanation says why',
    )

const perMessage = 'write day (a calendar day of the company), or a duration: 90m, 4h, 3d, 2w'

const per = z
  .string(perMessage)
  .regex(/^(day|[1-9][0-9]{0,5}[mhdw])$/, perMessage)
  .transform((source, context): number | 'day' => {
    if (source === 'day') return source
    const milliseconds = parseDuration(source)
    if (milliseconds !== undefined) return milliseconds
    context.addIssue({ code: 'custom', message: perMessage })
    return z.NEVER
  })
  .describe('A duration looking back (7d), or day: a calendar day in the time zone of settings.yaml')

const oneCap = object({ points: z.number().positive(), per })

const caps = (over: string) =>
  z
    .union([oneCap, z.array(oneCap).min(1)])
    .describe(`Most points from ${over}; negative points are counted separately. One cap or several`)

const floors = z
  .tuple([z.number(), z.number(), z.number()])
  .refine(([first, second, third]) => first > second && second > third, 'three descending numbers are needed')
  .exactOptional()

const flag = (meaning: string) => z.boolean().exactOptional().describe(meaning)

const label = localized.exactOptional().describe('Name shown to salespeople instead of the id')

export const scoringSchema = (checks: Checks): z.ZodType<ScoringRules> =>
  object({
    fit: z
      .array(
        object({
          id,
          when: condition(checks.leadCondition),
          points,
          label,
          unknown: points
            .exactOptional()
            .describe('Points if the lead lacks an attribute that the condition mentions'),
        }),
      )
      .describe('What the person is: each rule holds or does not'),
    engagement: z
      .array(
        object({
          id,
          on: checked(activityType, checks.activityType),
          where: condition(checks.activityCondition).exactOptional(),
          points: pointsOrExpression(checks),
          label,
          ...optionShapes({ z, id, duration, caps }),
        }),
      )
      .describe('What the person does: each matching activity counts'),
    groups: z
      .record(
        id,
        object({
          cap: caps('all rules of the group together').exactOptional(),
          max: flag('If several of its rules match an activity, only the one with the most points counts'),
        }),
      )
      .exactOptional()
      .describe('Limits shared by several engagement rules'),
    cap: caps('all engagement rules together').exactOptional(),
    bands,
    grades: object({
      fit: floors.describe('Lowest fit for A, B and C; below: D'),
      engagement: floors.describe('Lowest engagement for 1, 2 and 3; below: 4'),
    })
      .exactOptional()
      .describe('Absent: by shares of the highest possible fit, and of the highest band'),
  })
