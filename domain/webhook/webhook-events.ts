/** Decisions that other systems may be told of: what sales and a CRM live by. All of them are rare. */
export const webhookEvents = [
  'LeadQualified',
  'QualificationWithdrawn',
  'LeadRecycled',
  'LeadClosed',
  'LeadErased',
  'HandoffRequested',
  'HandoffAssigned',
  'HandoffReminded',
  'HandoffEscalated',
  'HandoffAccepted',
  'HandoffRejected',
  'DealPhaseChanged',
  'DealWon',
  'DealLost',
  'DealOutcomeWithdrawn',
] as const
export type WebhookEventType = (typeof webhookEvents)[number]

/** What a channel is told of where the playbook names no events: enough to act on, and no chatter. */
export const channelEvents: readonly WebhookEventType[] = [
  'HandoffRequested',
  'HandoffEscalated',
  'HandoffAccepted',
  'HandoffRejected',
  'DealWon',
  'DealLost',
]

export const isWebhookEvent = (type: string): type is WebhookEventType =>
  webhookEvents.some((known) => known === type)
