import type { EventBus } from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import type { DecisionType } from '../../domain/model/decision.ts'
import { emptyTeamMessage, source } from '../../functions/event-names.ts'
import { runbook } from '../runbook.ts'
import type { AlarmTopic } from './alarm-topic.ts'
import type { AppFunction } from './app-function.ts'
import { QueueWorker } from './queue-worker.ts'
import type { WakeUps } from './wake-ups.ts'
import { watchLogLine } from './watch-log-line.ts'

interface HandingOverProps {
  readonly worker: AppFunction
  /** Those through which sales answers over HTTP. */
  readonly answering: readonly AppFunction[]
  readonly bus: EventBus
  readonly alarms: AlarmTopic
  readonly wakeUps: WakeUps
}

const events: readonly DecisionType[] = [
  'LeadQualified',
  'QualificationWithdrawn',
  'HandoffAccepted',
  'LeadRecycled',
  'LeadClosed',
  'DealPhaseChanged',
  'DealWon',
  'DealLost',
  'DealOutcomeWithdrawn',
]

/** Handoffs from request to answer: what qualifies, the deadlines of who has it, and answers that are still to be told. */
export const addHandingOver = (
  scope: Construct,
  { worker, answering, bus, alarms, wakeUps }: HandingOverProps,
): void => {
  const work = new QueueWorker(scope, 'HandoffWork', {
    bus,
    alarms,
    worker,
    events: { source: [source], detailType: [...events] },
    // All handoffs of a team take turns at one item.
    maxConcurrency: 2,
  })
  wakeUps.grantSchedule(worker, work)
  // A wake-up that Scheduler refuses waits here until it is taken.
  work.grantSend(worker, 'HANDOFF_QUEUE_URL')
  watchLogLine(scope, 'EmptyTeam', alarms, {
    from: worker,
    message: emptyTeamMessage,
    metricName: 'EmptyTeam',
    description: 'Everybody of a team was away or full when a lead came: it went to the default team.',
    runbook: runbook.emptyTeam,
  })
  // Whoever answers has it seen to that the answer is told, should they die over it.
  for (const fn of answering) work.grantSend(fn, 'HANDOFF_QUEUE_URL')
}
