import type { EventBus } from 'aws-cdk-lib/aws-events'
import { Validations } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { DecisionType } from '../../domain/model/decision.ts'
import { source } from '../../functions/event-names.ts'
import type { AlarmTopic } from './alarm-topic.ts'
import type { AppFunction } from './app-function.ts'
import { QueueWorker } from './queue-worker.ts'
import type { WakeUps } from './wake-ups.ts'

interface ErasingProps {
  readonly worker: AppFunction
  readonly bus: EventBus
  readonly alarms: AlarmTopic
  readonly wakeUps: WakeUps
  /** Those whose dead letters may hold an address: they are looked through. */
  readonly holding: readonly QueueWorker[]
}

const asked: DecisionType = 'ErasureRequested'

/** People are erased one after the other, looked for once more later, and their wake-ups taken back. */
export const addErasing = (
  scope: Construct,
  { worker, bus, alarms, wakeUps, holding }: ErasingProps,
): void => {
  const work = new QueueWorker(scope, 'EraseWork', {
    bus,
    alarms,
    worker,
    events: { source: [source], detailType: [asked] },
    maxConcurrency: 2,
    batchSize: 1,
  })
  work.grantSend(worker, 'ERASE_QUEUE_URL')
  wakeUps.grantCancel(worker)
  worker.allow(
    ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
    holding.map(({ deadLetters }) => deadLetters.queueArn),
  )
  worker.setVariable('DEAD_LETTER_URLS', holding.map(({ deadLetters }) => deadLetters.queueUrl).join(','))
  // SES names its list by no resource.
  worker.allow(['ses:DeleteSuppressedDestination'], ['*'])
  Validations.of(worker).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'The suppression list of SES is the whole account’s; IAM knows no resource for it.',
  })
}
