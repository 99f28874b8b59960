import type { JsonObject } from '../json.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { channelMessage } from './channel-message.ts'
import type { Endpoint } from './endpoint.ts'
import { slackMessage } from './slack-message.ts'
import { teamsMessage } from './teams-message.ts'
import type { Background } from './told.ts'
import type { WebhookEvent } from './webhook-event.ts'
import { webhookPayload } from './webhook-payload.ts'

/** What `endpoint` is told of `event`. */
export const composeBody = (
  endpoint: Endpoint,
  event: WebhookEvent,
  background: Background,
  { handoff: rules, settings }: Pick<Playbook, 'handoff' | 'settings'>,
): JsonObject => {
  const message = (language: string | undefined) =>
    channelMessage(event, background, {
      language: language ?? settings.languages[0],
      timeZone: settings.timeZone,
      rules,
      withLead: endpoint.lead,
    })
  switch (endpoint.type) {
    case 'webhook':
      return webhookPayload(event, background, endpoint.lead)
    case 'slack':
      return slackMessage(message(endpoint.language))
    case 'teams':
      return teamsMessage(message(endpoint.language))
    default:
      return endpoint satisfies never
  }
}
