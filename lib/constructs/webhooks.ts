import type { EventBus } from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import type { DecisionType } from '../../domain/model/decision.ts'
import type { FunctionName } from '../../functions/environment.ts'
import { source, webhookFailedMessage } from '../../functions/event-names.ts'
import type { DataStack } from '../data-stack.ts'
import { runbook } from '../runbook.ts'
import type { AlarmTopic } from './alarm-topic.ts'
import type { AppFunction } from './app-function.ts'
import { QueueWorker } from './queue-worker.ts'
import type { WakeUps } from './wake-ups.ts'
import { watchLogLine } from './watch-log-line.ts'

interface WebhooksProps {
  /** `webhook` does the work; `api` shows it and asks for replays. */
  readonly functions: Pick<Readonly<Record<FunctionName, AppFunction>>, 'webhook' | 'api'>
  readonly data: DataStack
  readonly bus: EventBus
  readonly alarms: AlarmTopic
  readonly wakeUps: WakeUps
  /** Ten messages each: ten times as many requests under way at once. */
  readonly maxConcurrency: number
}

/** What a playbook may name under `notify`; a test holds it against the domain's list. */
const told: readonly DecisionType[] = [
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
]

/** Other systems are told of what happens: each event to each of them is a message of its own, so that none holds up another. */
export const addWebhooks = (scope: Construct, props: WebhooksProps): void => {
  const { functions, data, bus, alarms, wakeUps } = props
  const { webhook } = functions
  const work = new QueueWorker(scope, 'WebhookWork', {
    bus,
    alarms,
    worker: webhook,
    events: { source: [source], detailType: [...told] },
    maxConcurrency: props.maxConcurrency,
  })
  work.grantSend(webhook, 'WEBHOOK_QUEUE_URL')
  work.grantSend(functions.api, 'WEBHOOK_QUEUE_URL')
  wakeUps.grantSchedule(webhook, work)
  data.leads.grantItems(webhook, ['GetItem', 'BatchGetItem', 'PutItem', 'Query'])
  data.leads.grantLists(webhook)
  data.keys.grantSigning(webhook)
  watchLogLine(scope, 'WebhookFailed', alarms, {
    from: webhook,
    message: webhookFailedMessage,
    metricName: 'WebhookFailed',
    description:
      'A webhook was given up: it failed for three days, was answered 410, or its endpoint is off.',
    runbook: runbook.webhookFailed,
  })
}
