import { Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Duration, Stack } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { wakeRefusedMessage } from '../../functions/event-names.ts'
import { runbook } from '../runbook.ts'
import type { AlarmTopic } from './alarm-topic.ts'
import type { AppFunction } from './app-function.ts'

/** Raises one alarm when Scheduler refuses a wake-up of whichever function: it is tried again, and whatever it was for is late. */
export const watchRefusedWakes = (
  scope: Construct,
  alarms: AlarmTopic,
  from: readonly AppFunction[],
): void => {
  const filters = from.map(
    ({ name, lambda }) =>
      new MetricFilter(scope, `WakeRefused-${name}`, {
        logGroup: lambda.logGroup,
        filterPattern: FilterPattern.stringValue('$.message', '=', wakeRefusedMessage),
        metricNamespace: 'Trichter',
        metricName: `WakeRefused-${Stack.of(scope).stackName}`,
      }),
  )
  const [counted] = filters
  if (!counted) return
  alarms.watch(scope, 'WakeRefusedAlarm', {
    metric: counted.metric({ statistic: Stats.SUM, period: Duration.minutes(5) }),
    threshold: 1,
    description: 'Scheduler refused a wake-up: it is tried again every quarter of an hour.',
    runbook: runbook.wakeRefused,
  })
}
