import { z } from 'zod'
import type { UtmSettings } from '../../email/campaign-links.ts'
import { mayBeReported, type TrackingSettings } from '../../tracking/tracking-settings.ts'
import { type Checks, checked } from '../checks.ts'
import { activityType, origin } from './common-schema.ts'
import { object } from './object.ts'

const reportedType = activityType.refine(
  mayBeReported,
  'anybody can send this from a browser: only what shows interest may come that way',
)

export const tracking = (checks: Checks): z.ZodType<TrackingSettings> =>
  object({
    origins: z.array(origin).exactOptional().describe('Sites that use the snippet; absent: any'),
    types: z
      .array(checked(reportedType, checks.newActivityType))
      .exactOptional()
      .describe('What pages may report besides page.viewed and page.engaged'),
  })

const parameter = z.string().regex(/^\S{1,100}$/, 'must be 1 to 100 characters without spaces')

const host = z
  .string()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/, 'must be a host in lower case, such as www.example.com')

export const utm: z.ZodType<UtmSettings> = object({
  source: parameter,
  medium: parameter,
  hosts: z.array(host).exactOptional().describe('Whose links get them; absent: the site of the imprint'),
})
