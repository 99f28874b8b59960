import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  PeriodOverride,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch'
import { MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Duration, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { AlarmTopic } from './alarm-topic.ts'
import { AppFunction } from './app-function.ts'
import type { PlatformMetrics } from './platform-alarms.ts'
import { QueueWorker } from './queue-worker.ts'

interface OverviewProps {
  readonly alarms: AlarmTopic
  readonly platform: PlatformMetrics
}

const period = Duration.minutes(5)
const whole = 24
const half = whole / 2

const graph = (title: string, left: readonly IMetric[], width = half): GraphWidget =>
  new GraphWidget({ title, left: [...left], width, leftYAxis: { min: 0 }, period })

/** One page on which somebody sees where it sticks. Made last: it looks for every worker, function and counted line of the stack. */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, { alarms, platform }: OverviewProps) {
    super(scope, id)
    const all = scope.node.findAll()
    const workers = all.filter((one) => one instanceof QueueWorker)
    const functions = all.filter((one) => one instanceof AppFunction)
    const lines = all.filter((one) => one instanceof MetricFilter)
    const labelled = (worker: QueueWorker) => ({ label: worker.node.id.replace(/Work$/, ''), period })
    new Dashboard(this, 'Dashboard', {
      dashboardName: Stack.of(this).stackName,
      defaultInterval: Duration.days(1),
      periodOverride: PeriodOverride.AUTO,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms.alarms], width: whole, height: 6 })],
        [
          graph(
            'Oldest message of each queue, in seconds',
            workers.map((worker) => worker.queue.metricApproximateAgeOfOldestMessage(labelled(worker))),
          ),
          graph(
            'Dead letters',
            workers.map((worker) =>
              worker.deadLetters.metricApproximateNumberOfMessagesVisible(labelled(worker)),
            ),
          ),
        ],
        [
          graph(
            'Emails failed, held and turned away; clicks and opens missed; wake-ups refused; webhooks given up',
            counted(lines),
          ),
          graph(
            'Errors of functions',
            functions.map(({ name, lambda }) => lambda.metricErrors({ label: name, period })),
          ),
        ],
        [
          graph('Throttled by Lambda and DynamoDB', platform.throttles),
          graph(
            'Waits that Scheduler dropped or brought late, events that no queue took',
            platform.undelivered,
          ),
        ],
        [graph('Reputation with SES: share of bounces and complaints', platform.reputation, whole)],
      ],
    })
  }
}

/** By name: several functions may count to the same. */
const counted = (lines: readonly MetricFilter[]): readonly IMetric[] => {
  const metrics = lines.map((line) => line.metric({ statistic: Stats.SUM, period }))
  const byName = new Map(metrics.map((metric) => [metric.metricName, metric]))
  return [...byName].map(([name, metric]) => metric.with({ label: name.replace(/-.*$/s, '') }))
}
