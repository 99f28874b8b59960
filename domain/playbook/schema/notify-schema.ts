import { z } from 'zod'
import type { Endpoint } from '../../webhook/endpoint.ts'
import { channelEvents, webhookEvents } from '../../webhook/webhook-events.ts'
import { type Checks, checked } from '../checks.ts'
import { id, language } from './common-schema.ts'
import { object } from './object.ts'

const isOfThisMachine = (hostname: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname)

const endpointUrl = z
  .string()
  .max(2_000)
  .refine((source) => {
    const url = URL.parse(source)
    return url?.protocol === 'https:' || (url?.protocol === 'http:' && isOfThisMachine(url.hostname))
  }, 'must be an https:// address (http://localhost and http://127.0.0.1 are allowed, for the local runner)')
  .refine((source) => !URL.parse(source)?.username, 'must hold no user name or password')

/** Other systems that are told of what happens to handoffs and deals. */
export const notify = (checks: Checks): z.ZodType<readonly Endpoint[]> => {
  const common = {
    id: id.describe('The secret of a webhook is derived from it; the API shows deliveries by it'),
    team: checked(z.string(), checks.team)
      .exactOptional()
      .describe('Only what concerns handoffs of this team'),
    lead: z
      .boolean()
      .default(false)
      .describe('Names, email address and phone go along: personal data that leaves the account'),
  }
  const events = z.array(z.enum(webhookEvents)).min(1)
  const channel = {
    ...common,
    events: events.default([...channelEvents]).describe('What is told; absent: what a channel needs to act'),
    language: language.exactOptional().describe('Absent: the first of settings.yaml'),
  }
  return z.array(
    z.union([
      object({
        ...common,
        webhook: endpointUrl.describe('Signed JSON, as Standard Webhooks has it'),
        events: events.default([...webhookEvents]).describe('What is told; absent: everything'),
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
