import { GraphWidget } from 'aws-cdk-lib/aws-cloudwatch'
import { EventBus } from 'aws-cdk-lib/aws-events'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { Stack } from 'aws-cdk-lib/core'
import { expect, test } from 'vitest'
import { retain } from '../../lib/capabilities/retain.ts'
import { AlarmTopic } from '../../lib/constructs/alarm-topic.ts'
import { AppFunction } from '../../lib/constructs/app-function.ts'
import { LeadTable } from '../../lib/constructs/lead-table.ts'
import { PlatformAlarms } from '../../lib/constructs/platform-alarms.ts'
import { QueueWorker } from '../../lib/constructs/queue-worker.ts'
import { asList, isRecord, plainText } from './plain-text.ts'
import { ofType, synthFixture } from './synth-fixture.ts'

const { app } = synthFixture()
const alarms = ofType(app, 'AWS::CloudWatch::Alarm').filter(([id]) => id.startsWith('Platform'))

test('what no function sees raises alarms that name the runbook', () => {
  const told = alarms.map(([, { Properties }]) => String(Properties.AlarmDescription))
  const headings = Map.groupBy(told, (text) => /Runbook: \S+, "(.+)"/.exec(text)?.[1])
  // An alarm of the first two kinds looks at ten queues or rules: with more of these there are more of it.
  const {
    'Dead letters': queues,
    'EventBridge cannot deliver': rules,
    ...others
  } = Object.fromEntries([...headings].map(([heading, { length }]) => [heading, length]))
  expect(others).toEqual({
    'Scheduler drops a wait': 1,
    'AWS throttles': 2,
    'The reputation with SES falls': 2,
  })
  for (const many of [queues, rules]) expect(many).toBeGreaterThan(0)
})

test.each([
  ['PlatformNewDeadLetters', 'AWS::SQS::Queue', 'WorkDeadLetters'],
  ['PlatformFailedDeliveries', 'AWS::Events::Rule', 'WorkRule'],
])('%s looks at all of them', (name, type, suffix) => {
  // A second alarm has what the first one has no room for.
  const found = alarms.filter(([id]) => id.startsWith(name))
  const watched = found
    .flatMap(([, { Properties }]) => asList(Properties.Metrics))
    .map((metric) => JSON.stringify(metric))
  const ids = ofType(app, type).flatMap(([id]) => (id.includes(suffix) ? [id] : []))
  expect(ids.length).toBeGreaterThan(7)
  for (const id of ids) expect(watched.filter((metric) => metric.includes(`"${id}"`))).toHaveLength(1)
})

test('more workers than one alarm can look at have a second one', () => {
  const stack = new Stack()
  const alarms = new AlarmTopic(stack, 'Alarms', {})
  const code = Code.fromAsset(import.meta.dirname)
  const bus = new EventBus(stack, 'Bus')
  const worker = new AppFunction(stack, 'Work', { settings: retain, code })
  for (const number of Array(12).keys())
    new QueueWorker(stack, `Work${number}`, {
      worker,
      bus,
      alarms,
      events: { source: ['test'] },
      maxConcurrency: 2,
    })
  const { table } = new LeadTable(stack, 'Leads')
  const platform = new PlatformAlarms(stack, 'Platform', { alarms, table, scheduleGroup: 'waits' })
  const ids = alarms.alarms.flatMap(({ node }) => (node.scope === platform ? [node.id] : []))
  expect(ids.filter((id) => /NewDeadLetters|FailedDeliveries/.test(id))).toEqual([
    'NewDeadLetters',
    'NewDeadLetters1',
    'FailedDeliveries',
    'FailedDeliveries1',
  ])
  // A dashboard shows all of them in one graph, in which no two metrics may have one name.
  const graph = new GraphWidget({ left: [...platform.metrics.undelivered] })
  expect(() => Stack.of(stack).resolve(graph.toJson())).not.toThrow()
})

const concurrencyWith = (context: Record<string, string>) =>
  Object.fromEntries(
    ofType(synthFixture(context).app, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => [
      plainText(Properties.EventSourceArn).replace(/^<|WorkQueue.*$/g, ''),
      isRecord(Properties.ScalingConfig) ? Properties.ScalingConfig.MaximumConcurrency : undefined,
    ]),
  )

test('the ten concurrent executions of a new account are not taken by workers alone', () => {
  const { Record, Nurture, Send, Feedback } = concurrencyWith({})
  // These four work on whatever comes in; Lambda takes no less than two for each.
  expect([Record, Nurture, Send, Feedback]).toEqual([2, 2, 2, 2])
})

test('a larger account gives its workers more, and keeps half of it for those who wait', () => {
  const shares = concurrencyWith({ concurrency: '1000', sesRate: '2000' })
  expect(shares).toMatchObject({ Record: 150, Nurture: 80, Feedback: 40, Webhook: 40, Handoff: 2, Erase: 2 })
  expect(Object.values(shares).reduce<number>((sum, one) => sum + Number(one), 0)).toBeLessThan(700)
})

test('the limit of the whole API is given in the context', () => {
  const [stage] = ofType(synthFixture({ apiRate: '900' }).app, 'AWS::ApiGatewayV2::Stage')
  expect(stage?.[1].Properties.DefaultRouteSettings).toMatchObject({
    ThrottlingRateLimit: 900,
    ThrottlingBurstLimit: 1800,
  })
})
