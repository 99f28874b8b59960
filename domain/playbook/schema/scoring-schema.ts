import { z } from 'zod'
import type { ScoringRules } from '../../scoring/scoring-rules.ts'
import { type Checks, checked } from '../checks.ts'
import { activityType, duration, id } from './common-schema.ts'
import { condition } from './funnel-schema.ts'
import { object } from './object.ts'

const bands = z
  .record(id, z.number().min(0))
  .transform((floors) =>
    Object.entries(floors)
      .map(([band, floor]) => ({ id: band, floor }))
      .sort((a, b) => a.floor - b.floor),
  )
  .describe('From which score on; one band begins at 0')

const points = z.number().min(-1_000_000).max(1_000_000)

export const scoringSchema = (checks: Checks): z.ZodType<ScoringRules> =>
  object({
    fit: z
      .array(object({ id, when: condition(checks.leadCondition), points }))
      .describe('What the person is: each rule holds or does not'),
    engagement: z
      .array(
        object({
          id,
          on: checked(activityType, checks.activityType),
          where: condition(checks.activityCondition).exactOptional(),
          points,
          halfLife: duration.exactOptional(),
          cap: object({ points: z.number().positive(), per: duration }).exactOptional(),
        }),
      )
      .describe('What the person does: each matching activity counts'),
    bands,
  })
