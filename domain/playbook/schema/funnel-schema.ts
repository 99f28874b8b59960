import { z } from 'zod'
import { type FunnelRules, stageIds } from '../../funnel/funnel-rules.ts'
import { type Checks, checked } from '../checks.ts'
import { text } from './common-schema.ts'
import { object } from './object.ts'

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
