import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Stack } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { QueueWorker } from './queue-worker.ts'

/** The account's own group: what begins by the calendar comes and goes with the stack. */
export const calendarGroup = 'default'

interface CalendarProps {
  /** What the ids of role and schedule begin with. */
  readonly id: string
  readonly description: string
  /** UTC: `cron(0 2 * * ? *)`. */
  readonly cron: string
  /** What the message says. */
  readonly message: { readonly type: string; readonly [member: string]: unknown }
  readonly work: QueueWorker
}

/** Puts a message on a queue whenever the calendar says so. */
export const beginByCalendar = (
  scope: Construct,
  { id, description, cron, message, work: { queue, deadLetters } }: CalendarProps,
): void => {
  const role = new Role(scope, `${id}ScheduleRole`, {
    description: `EventBridge Scheduler begins by the calendar: ${description}`,
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  })
  role.addToPolicy(
    new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn, deadLetters.queueArn] }),
  )
  const schedule = new CfnSchedule(scope, `${id}Schedule`, {
    description,
    scheduleExpression: cron,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: queue.queueArn,
      roleArn: role.roleArn,
      input: JSON.stringify(message),
      deadLetterConfig: { arn: deadLetters.queueArn },
    },
  })
  // CloudFormation would make the schedule before the role may do anything, and Scheduler asks.
  schedule.node.addDependency(role)
}
