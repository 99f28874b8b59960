import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { table as schema } from '../../functions/table-schema.ts'
import type { AlarmTopic } from './alarm-topic.ts'
import type { WorkedTable } from './lead-table.ts'
import { QueueWorker } from './queue-worker.ts'

interface PlatformAlarmsProps {
  readonly alarms: AlarmTopic
  readonly table: WorkedTable
  /** Names of the schedule groups that hold waits, and what begins by the calendar. */
  readonly scheduleGroups: readonly string[]
}

/** What the alarms look at, for the dashboard. */
export interface PlatformMetrics {
  readonly throttles: readonly IMetric[]
  readonly undelivered: readonly IMetric[]
  readonly reputation: readonly IMetric[]
}

const period = Duration.minutes(5)

const sum = (namespace: string, metricName: string, dimensionsMap: Record<string, string> = {}): Metric =>
  new Metric({ namespace, metricName, dimensionsMap, statistic: Stats.SUM, period })

interface Shown {
  /** @default the sum itself */
  readonly of?: (expression: string) => string
  /** Number of its first metric: those of one graph have names of their own. @default 0 */
  readonly first?: number
}

/** One metric for all of them: silence of one does not hide the others. */
const together = (
  metrics: readonly IMetric[],
  label: string,
  { of = (expression) => expression, first = 0 }: Shown = {},
): MathExpression =>
  new MathExpression({
    expression: of(metrics.map((_, index) => `FILL(m${first + index}, 0)`).join(' + ')),
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${first + index}`, metric])),
    period,
    label,
  })

/** CloudWatch lets an alarm look at ten metrics. */
const inTens = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / 10) }, (_, index) =>
    items.slice(10 * index, 10 * (index + 1)),
  )

/** What goes wrong between the services, where no function sees it. Made last: it looks for every worker of the stack. */
export class PlatformAlarms extends Construct {
  readonly metrics: PlatformMetrics

  constructor(scope: Construct, id: string, props: PlatformAlarmsProps) {
    super(scope, id)
    const workers = scope.node.findAll().filter((one) => one instanceof QueueWorker)
    this.metrics = {
      undelivered: this.#watchMessages(props, workers),
      throttles: this.#watchThrottles(props),
      reputation: this.#watchReputation(props),
    }
  }

  #watchMessages(
    { alarms, scheduleGroups }: PlatformAlarmsProps,
    workers: readonly QueueWorker[],
  ): readonly IMetric[] {
    for (const [index, some] of inTens(workers).entries())
      alarms.watch(this, `NewDeadLetters${index || ''}`, {
        // The alarms of the queues stay red until they are empty: this one tells of each that comes on top.
        metric: together(
          some.map(({ deadLetters }) => deadLetters.metricApproximateNumberOfMessagesVisible({ period })),
          'More dead letters than five minutes before',
          { of: (expression) => `DIFF(${expression})` },
        ),
        threshold: 1,
        description: 'More messages were given up.',
        runbook: 'Dead letters',
      })
    const deliveries = workers.flatMap(({ failedDeliveries }) => failedDeliveries?.({ period }) ?? [])
    const failed = inTens(deliveries).map((some, index) =>
      together(some, 'Events that no queue took', { first: 10 * index }),
    )
    for (const [index, metric] of failed.entries())
      alarms.watch(this, `FailedDeliveries${index || ''}`, {
        metric,
        threshold: 1,
        description: 'EventBridge could not put an event on a queue.',
        runbook: 'EventBridge cannot deliver',
      })
    return [...failed, ...this.#watchSchedules(alarms, scheduleGroups)]
  }

  #watchSchedules(alarms: AlarmTopic, groups: readonly string[]): readonly IMetric[] {
    const of = (names: readonly string[], label: string, first: number): IMetric =>
      together(
        names.flatMap((name) => groups.map((ScheduleGroup) => sum('AWS/Scheduler', name, { ScheduleGroup }))),
        label,
        { first },
      )
    const dropped = of(['InvocationDroppedCount'], 'Waits that Scheduler dropped', 100)
    alarms.watch(this, 'DroppedWakes', {
      metric: dropped,
      threshold: 1,
      description: 'Scheduler gave up bringing a wait to its queue.',
      runbook: 'Scheduler drops a wait',
    })
    // It tries for a day: what is late is not lost.
    const late = of(
      ['TargetErrorCount', 'TargetErrorThrottledCount', 'InvocationThrottleCount'],
      'Waits that Scheduler could not bring at once',
      110,
    )
    alarms.watch(this, 'LateWakes', {
      metric: late,
      threshold: 10,
      description: 'Scheduler could not bring waits to their queues, and tries again.',
      runbook: 'Scheduler brings waits late',
    })
    return [dropped, late]
  }

  #watchThrottles({ alarms, table }: PlatformAlarmsProps): readonly IMetric[] {
    // Without dimensions: of all functions of the account, as they share its concurrency.
    const ofLambda = sum('AWS/Lambda', 'Throttles')
    alarms.watch(this, 'LambdaThrottles', {
      metric: ofLambda,
      threshold: 50,
      description: "The account's concurrency did not suffice.",
      runbook: 'AWS throttles',
    })
    const throttled = ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap((name) => [
      sum('AWS/DynamoDB', name, { TableName: table.tableName }),
      sum('AWS/DynamoDB', name, {
        TableName: table.tableName,
        GlobalSecondaryIndexName: schema.lists.name,
      }),
    ])
    const ofTable = together(throttled, 'Requests that the table or its index did not take')
    alarms.watch(this, 'TableThrottles', {
      metric: ofTable,
      threshold: 100,
      description: 'DynamoDB throttled the table or its index.',
      runbook: 'AWS throttles',
    })
    return [ofLambda, ofTable]
  }

  /** Beyond these SES puts the whole account under review, other senders of it included. */
  #watchReputation({ alarms }: PlatformAlarmsProps): readonly IMetric[] {
    const rate = (metricName: string): Metric =>
      new Metric({ namespace: 'AWS/SES', metricName, statistic: Stats.MAXIMUM, period: Duration.hours(1) })
    const [bounces, complaints] = [rate('Reputation.BounceRate'), rate('Reputation.ComplaintRate')]
    alarms.watch(this, 'BounceRate', {
      metric: bounces,
      threshold: 0.05,
      description: 'Of the mail of the account 5 % or more bounces.',
      runbook: 'The reputation with SES falls',
    })
    alarms.watch(this, 'ComplaintRate', {
      metric: complaints,
      threshold: 0.001,
      description: 'Of the mail of the account 0.1 % or more is reported as spam.',
      runbook: 'The reputation with SES falls',
    })
    return [bounces, complaints]
  }
}
