import type { EventBus } from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import type { DecisionType } from '../../domain/lead/decision.ts'
import { source } from '../../functions/event-names.ts'
import type { AlarmTopic } from './alarm-topic.ts'
import type { AppFunction } from './app-function.ts'
import { QueueWorker } from './queue-worker.ts'
import type { WakeUps } from './wake-ups.ts'

export interface ErasingProps {
  readonly worker: AppFunction
  readonly bus: EventBus
  readonly alarms: AlarmTopic
  readonly wakeUps: WakeUps
}

const asked: DecisionType = 'ErasureRequested'

/** People are erased one after the other, looked for once more later, and their wake-ups taken back. */
export const addErasing = (scope: Construct, { worker, bus, alarms, wakeUps }: ErasingProps): void => {
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
}
