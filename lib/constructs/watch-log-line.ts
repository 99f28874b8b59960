import { Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Duration, Stack } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { AlarmTopic } from './alarm-topic.ts'
import type { AppFunction } from './app-function.ts'

interface CountedLine {
  /** Writes the line. */
  readonly from: AppFunction
  /** Its `message`, to the letter. */
  readonly message: string
  /** Of the metric that counts it. */
  readonly metricName: string
}

interface WatchedLine extends CountedLine {
  readonly description: string
  readonly runbook: string
}

/** Counts one line of a function's log, for the dashboard and alarms of your own. */
export const countLogLine = (
  scope: Construct,
  id: string,
  { from, message, metricName }: CountedLine,
): MetricFilter =>
  new MetricFilter(scope, `${id}Lines`, {
    logGroup: from.lambda.logGroup,
    filterPattern: FilterPattern.stringValue('$.message', '=', message),
    metricNamespace: 'Trichter',
    // Two deployments in one account count for themselves.
    metricName: `${metricName}-${Stack.of(scope).stackName}`,
  })

/** Raises an alarm whenever a function writes one line to its log. */
export const watchLogLine = (
  scope: Construct,
  id: string,
  alarms: AlarmTopic,
  { description, runbook, ...line }: WatchedLine,
): void => {
  const filter = countLogLine(scope, id, line)
  alarms.watch(scope, `${id}Alarm`, {
    metric: filter.metric({ statistic: Stats.SUM, period: Duration.minutes(5) }),
    threshold: 1,
    description,
    runbook,
  })
}
