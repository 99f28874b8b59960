import type { Distribution } from 'aws-cdk-lib/aws-cloudfront'
import type { EventBus } from 'aws-cdk-lib/aws-events'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { capabilities } from './capabilities.ts'
import { addCapabilities } from './capability.ts'
import type { Config } from './config.ts'
import { ActivityBus } from './constructs/activity-bus.ts'
import { AlarmTopic } from './constructs/alarm-topic.ts'
import { calendarGroup } from './constructs/begin-by-calendar.ts'
import { Overview } from './constructs/dashboard.ts'
import { PlatformAlarms } from './constructs/platform-alarms.ts'
import { PublicApi } from './constructs/public-api.ts'
import { Sending } from './constructs/sending.ts'
import { Timers } from './constructs/timers.ts'
import type { DataStack } from './data-stack.ts'

interface AppStackProps extends StackProps {
  readonly config: Config
  readonly data: DataStack
  /** Of each function, by its name. */
  readonly code: Readonly<Record<string, Code>>
}

/** What can be thrown away and deployed again: bus, queues, functions, API, schedules, sending. */
export class AppStack extends Stack {
  readonly bus: EventBus
  readonly alarms: ITopic
  /** Of the API, without a slash at the end. */
  readonly url: string
  /** In front of the API, where `consoleCdn` asks for it. */
  readonly distribution: Distribution | undefined

  constructor(scope: Construct, id: string, props: AppStackProps) {
    // Schedules and links that are out name its queues, roles and API.
    super(scope, id, { ...props, terminationProtection: true })
    const { config, data } = props
    const { leads, rows, keys, users } = data
    const { alarmEmail, busName, emailDomain, publicUrl, apiRate, consoleCdn } = config
    const bus = new ActivityBus(this, 'Activities', { name: busName })
    const alarms = new AlarmTopic(this, 'Alarms', { ...(alarmEmail && { email: alarmEmail }) })
    const timers = new Timers(this, 'WakeUps', { alarms })
    const sending = new Sending(this, 'Sending', { ...(emailDomain && { domain: emailDomain }) })
    const reachable = { ...(publicUrl && { publicUrl }), ...(consoleCdn && { consoleCdn }), rate: apiRate }
    const api = new PublicApi(this, 'PublicApi', { users, alarms, ...reachable })
    const shared = { scope: this, config, leads, rows, keys, bus, alarms, timers, sending, api, users }
    addCapabilities(capabilities, shared, props.code)
    const { metrics } = new PlatformAlarms(this, 'Platform', {
      alarms,
      table: leads.table,
      scheduleGroups: [timers.groupName, calendarGroup],
    })
    this.bus = bus.bus
    this.alarms = alarms.topic
    this.url = api.url
    this.distribution = api.cdn?.distribution
    new Overview(this, 'Overview', { alarms, platform: metrics })
    new CfnOutput(this, 'Url', { value: api.url, description: 'Forms, events, links and the console API' })
    if (api.cdn)
      new CfnOutput(this, 'ConsoleUrl', { value: api.cdn.url, description: 'The same, through CloudFront' })
    new CfnOutput(this, 'WakeTargets', {
      value: this.toJsonString({ table: leads.table.tableName, ...timers.targets }),
      description: 'What npm run wakes -- rebuild reads',
    })
    new CfnOutput(this, 'AlarmTopicArn', { value: alarms.topic.topicArn, description: 'Subscribe to it' })
  }
}
