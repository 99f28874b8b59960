import type { EventBus } from 'aws-cdk-lib/aws-events'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Stack } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { AlarmTopic } from './alarm-topic.ts'
import type { AppFunction } from './app-function.ts'
import { QueueWorker } from './queue-worker.ts'

interface RetainingProps {
  readonly worker: AppFunction
  readonly bus: EventBus
  readonly alarms: AlarmTopic
}

/** At night in Europe, when little else is to be done (UTC). */
const daily = 'cron(0 2 * * ? *)'

/** Once a day it begins to look at those whose day has come, and goes on page by page. */
export const addRetaining = (scope: Construct, { worker, bus, alarms }: RetainingProps): void => {
  const work = new QueueWorker(scope, 'RetainWork', { bus, alarms, worker, maxConcurrency: 2, batchSize: 1 })
  work.grantSend(worker, 'RETAIN_QUEUE_URL')
  const { queue, deadLetters } = work
  const role = new Role(scope, 'RetainScheduleRole', {
    description: 'EventBridge Scheduler says that a day has begun',
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  })
  role.addToPolicy(
    new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn, deadLetters.queueArn] }),
  )
  const schedule = new CfnSchedule(scope, 'RetainSchedule', {
    description: 'Looks daily whether people are still to be kept',
    scheduleExpression: daily,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: queue.queueArn,
      roleArn: role.roleArn,
      input: JSON.stringify({ type: 'due' }),
      deadLetterConfig: { arn: deadLetters.queueArn },
    },
  })
  // CloudFormation would make the schedule before the role may do anything, and Scheduler asks.
  schedule.node.addDependency(role)
}
