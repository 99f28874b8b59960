import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler'
import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { AppFunction } from './app-function.ts'
import type { QueueWorker } from './queue-worker.ts'

/** One-time schedules: a group to hold them, and the role with which they reach the queues of those who set them. */
export class WakeUps extends Construct {
  readonly #group: CfnScheduleGroup
  readonly #role: Role

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.#group = new CfnScheduleGroup(this, 'Group')
    // Deleting a group deletes its schedules, and with them every wait of every lead.
    this.#group.applyRemovalPolicy(RemovalPolicy.RETAIN)
    this.#role = new Role(this, 'Role', {
      description: 'EventBridge Scheduler puts due waits on the queues of those who wait',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnEquals: { 'aws:SourceArn': this.#group.attrArn },
        },
      }),
    })
  }

  /** Taking schedules back, whoever set them. */
  grantCancel(to: AppFunction): void {
    to.allow(['scheduler:DeleteSchedule'], [this.#schedules(to)])
    to.setVariable('SCHEDULE_GROUP', this.#group.ref)
  }

  /** @param work the function's own: its schedules come to no other queue. */
  grantSchedule(to: AppFunction, { queue, deadLetters }: QueueWorker): void {
    this.#role.addToPolicy(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn, deadLetters.queueArn],
      }),
    )
    to.allow(['scheduler:CreateSchedule'], [this.#schedules(to)])
    to.allow(['iam:PassRole'], [this.#role.roleArn], {
      StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
    })
    to.setVariable('SCHEDULE_GROUP', this.#group.ref)
    to.setVariable('SCHEDULE_ROLE_ARN', this.#role.roleArn)
    const prefix = to.name.toUpperCase()
    to.setVariable(`${prefix}_QUEUE_ARN`, queue.queueArn)
    to.setVariable(`${prefix}_DEAD_LETTERS_ARN`, deadLetters.queueArn)
  }

  /** All schedules of the group. */
  #schedules(to: AppFunction): string {
    const pattern = `schedule/<${Stack.of(this).getLogicalId(this.#group)}>/*`
    Validations.of(to).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:${pattern}]`,
      reason: 'Schedules are named as they are made, one for each wait; only those of this group.',
    })
    return Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${this.#group.ref}/*`,
    })
  }
}
