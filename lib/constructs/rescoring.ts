import type { EventBus } from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import type { DecisionType } from '../../domain/model/decision.ts'
import { source } from '../../functions/event-names.ts'
import type { AlarmTopic } from './alarm-topic.ts'
import type { AppFunction } from './app-function.ts'
import { QueueWorker } from './queue-worker.ts'

interface RescoringProps {
  readonly worker: AppFunction
  readonly bus: EventBus
  readonly alarms: AlarmTopic
}

const published: DecisionType = 'PlaybookPublished'

/** Leads come under a new model page by page, several lanes side by side. */
export const addRescoring = (scope: Construct, { worker, bus, alarms }: RescoringProps): void => {
  const work = new QueueWorker(scope, 'RescoreWork', {
    bus,
    alarms,
    worker,
    events: { source: [source], detailType: [published] },
    // A new model must not take what answering and recording need.
    maxConcurrency: 5,
    batchSize: 1,
  })
  work.grantSend(worker, 'RESCORE_QUEUE_URL')
}
