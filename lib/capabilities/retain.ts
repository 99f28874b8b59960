import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Stack } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { partitions } from '../../functions/table-schema.ts'
import { type Capability, working } from '../capability.ts'
import { leadsAndPlaybooks } from '../constructs/lead-table.ts'
import type { QueueWorker } from '../constructs/queue-worker.ts'

export const retain: Capability = {
  name: 'retain',
  entry: 'functions/retain/review-leads.lambda.ts',
  purpose: 'Looks whether people are still to be kept',
  ...working,
  // The calendar asks, whatever happens: it takes no events.
  queues: () => [{ maxConcurrency: 2, batchSize: 1 }],
  connect: (fn, { scope, bus, leads, workOf }) => {
    bus.grantPublish(fn)
    leads.grantItems(fn, ['GetItem', 'BatchGetItem', 'Query'], leadsAndPlaybooks)
    leads.grantWriting(fn, ['UpdateItem', 'DeleteItem'], [partitions.lead('*')])
    leads.grantLists(fn)
    workOf(retain).grantContinue()
    beginDaily(scope, workOf(retain))
  },
}

/** At night in Europe, when little else is to be done (UTC). */
const daily = 'cron(0 2 * * ? *)'

/** Once a day it begins to look at those whose day has come, and continues page by page. */
const beginDaily = (scope: Construct, { queue, deadLetters }: QueueWorker): void => {
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
