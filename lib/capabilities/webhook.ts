import { webhookFailedMessage } from '../../functions/event-names.ts'
import { type Capability, eventsFor, share, working } from '../capability.ts'
import { watchLogLine } from '../constructs/watch-log-line.ts'

/** Each event to each system that is told of it is a message of its own, so that none holds up another. */
export const webhook: Capability = {
  name: 'webhook',
  entry: 'functions/webhook/deliver-webhooks.lambda.ts',
  purpose: 'Tells other systems and channels of what happens',
  ...working,
  // Ten messages each: ten times as many requests under way at once.
  queues: ({ config }) => [
    {
      events: { ...eventsFor('webhook'), detail: { metadata: { unheard: [{ exists: false }] } } },
      maxConcurrency: share(config, 0.04),
    },
  ],
  connect: (fn, { scope, leads, keys, alarms, timers, api, workOf }) => {
    leads.grantItems(fn, ['GetItem', 'BatchGetItem', 'PutItem', 'Query'])
    leads.grantLists(fn)
    // It leads to pages of the console.
    api.grantLinks(fn)
    keys.grantSigning(fn)
    workOf(webhook).grantContinue()
    timers.grantSchedule(fn, workOf(webhook))
    watchLogLine(scope, 'WebhookFailed', alarms, {
      from: fn,
      message: webhookFailedMessage,
      metricName: 'WebhookFailed',
      description:
        'A webhook was given up: it failed for three days, was answered 410, or its endpoint is off.',
      runbook: 'A webhook cannot be delivered',
    })
  },
}
