import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler'
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { timerRefusedMessage } from '../../functions/event-names.ts'
import type { AlarmTopic } from './alarm-topic.ts'
import type { AppFunction } from './app-function.ts'
import type { QueueWorker } from './queue-worker.ts'

/** Where the wakes of one function go, and as what Scheduler brings them there. */
interface TimerTarget {
  readonly queue: string
  readonly deadLetters: string
  readonly role: string
}

/**
 * One-time schedules: a group to hold them, and for each queue a role that reaches it and no other. Schedules name group,
 * queue, dead letters and role: renaming or removing one of them loses every wait (a test freezes their ids).
 */
export class Timers extends Construct {
  readonly #group: CfnScheduleGroup
  readonly #former: Role
  readonly #targets: Record<string, TimerTarget> = {}

  constructor(scope: Construct, id: string, { alarms }: { readonly alarms: AlarmTopic }) {
    super(scope, id)
    this.#group = new CfnScheduleGroup(this, 'Group')
    // Deleting a group deletes its schedules, and with them every wait of every lead.
    this.#group.applyRemovalPolicy(RemovalPolicy.RETAIN)
    // Schedules that earlier releases set name this one role for all queues. Nobody may hand it on any more.
    this.#former = this.#makeRole('Role', 'EventBridge Scheduler brings the waits that earlier releases set')
    const { namespace, metricName } = this.#refused
    // It is tried again, and whatever it was for is late.
    alarms.watch(scope, 'WakeRefusedAlarm', {
      metric: new Metric({ namespace, metricName, statistic: Stats.SUM, period: Duration.minutes(5) }),
      threshold: 1,
      description: 'Scheduler refused a wake-up: it is tried again every quarter of an hour.',
      runbook: 'Scheduler refuses wake-ups',
    })
  }

  get groupName(): string {
    return this.#group.ref
  }

  /** Group and, by function, where its wakes go: what sets them again reads it. */
  get targets(): Readonly<Record<string, TimerTarget | string>> {
    return { group: this.#group.ref, ...this.#targets }
  }

  /** Counts what Scheduler refuses, of all functions. */
  get #refused() {
    return { namespace: 'Trichter', metricName: `WakeRefused-${Stack.of(this).stackName}` }
  }

  #countRefused({ name, lambda }: AppFunction): void {
    const { namespace: metricNamespace, metricName } = this.#refused
    const filterPattern = FilterPattern.stringValue('$.message', '=', timerRefusedMessage)
    const counted = { logGroup: lambda.logGroup, filterPattern, metricNamespace, metricName }
    new MetricFilter(Stack.of(this), `WakeRefused-${name}`, counted)
  }

  #makeRole(id: string, description: string): Role {
    return new Role(this, id, {
      description,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnEquals: { 'aws:SourceArn': this.#group.attrArn },
        },
      }),
    })
  }

  /** Taking back the schedules of all functions. */
  grantCancel(to: AppFunction): void {
    to.allow(['scheduler:DeleteSchedule'], [this.#schedules(to)])
    to.setVariable('SCHEDULE_GROUP', this.#group.ref)
  }

  /** @param work the function's own: its schedules come to no other queue. */
  grantSchedule(to: AppFunction, { queue, deadLetters }: QueueWorker): void {
    const role = this.#makeRole(
      `${to.node.id}Role`,
      `EventBridge Scheduler puts due waits on the queue of the function ${to.name}`,
    )
    for (const one of [this.#former, role])
      one.addToPolicy(
        new PolicyStatement({
          actions: ['sqs:SendMessage'],
          resources: [queue.queueArn, deadLetters.queueArn],
        }),
      )
    this.#targets[to.name] = {
      queue: queue.queueArn,
      deadLetters: deadLetters.queueArn,
      role: role.roleArn,
    }
    to.allow(['scheduler:CreateSchedule'], [this.#schedules(to)])
    to.allow(['iam:PassRole'], [role.roleArn], {
      StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
    })
    to.setVariable('SCHEDULE_GROUP', this.#group.ref)
    to.setVariable('SCHEDULE_ROLE_ARN', role.roleArn)
    to.setVariable('QUEUE_ARN', queue.queueArn)
    to.setVariable('DEAD_LETTERS_ARN', deadLetters.queueArn)
    this.#countRefused(to)
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
