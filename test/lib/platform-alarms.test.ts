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
import { ofType, type Resource, synthFixture } from './synth-fixture.ts'

const { app } = synthFixture()

/** Logical id that an attribute or a reference names. */
const idIn = (value: unknown): string =>
  isRecord(value) ? String(asList(value['Fn::GetAtt'] ?? value.Ref)[0]) : ''
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
    'Scheduler brings waits late': 1,
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

/** What each alarm looks at. */
const metricsOf = ({ Properties }: Resource): readonly unknown[] =>
  Properties.Metrics === undefined ? [Properties] : asList(Properties.Metrics)

const isWatched = (metric: string, ...of: readonly string[]): boolean =>
  ofType(app, 'AWS::CloudWatch::Alarm').some(([, alarm]) =>
    metricsOf(alarm).some((one) =>
      [metric, ...of].every((part) => JSON.stringify(one).includes(`"${part}"`)),
    ),
  )

test('every queue that a function works from is watched for its age, and every one of dead letters for what lies in it', () => {
  const sources = ofType(app, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) =>
    idIn(Properties.EventSourceArn),
  )
  const dead = ofType(app, 'AWS::SQS::Queue')
    .map(([id]) => id)
    .filter((id) => !sources.includes(id))
  expect(dead).toHaveLength(sources.length)
  for (const id of sources) expect([id, isWatched('ApproximateAgeOfOldestMessage', id)]).toEqual([id, true])
  for (const id of dead) expect([id, isWatched('ApproximateNumberOfMessagesVisible', id)]).toEqual([id, true])
})

test('every rule is watched for events that no queue took, and every function for a chain without end', () => {
  for (const [id] of ofType(app, 'AWS::Events::Rule'))
    expect([id, isWatched('FailedInvocations', id)]).toEqual([id, true])
  for (const [, { Properties }] of ofType(app, 'AWS::Lambda::EventSourceMapping')) {
    const id = idIn(Properties.FunctionName)
    expect([id, isWatched('RecursiveInvocationsDropped', id)]).toEqual([id, true])
  }
})

test('every group of schedules is watched for waits that are dropped or come late', () => {
  const groups = [
    ...ofType(app, 'AWS::Scheduler::ScheduleGroup').map(([id]) => id),
    ...ofType(app, 'AWS::Scheduler::Schedule').map(([, { Properties }]) =>
      String(Properties.GroupName ?? 'default'),
    ),
  ]
  expect(new Set(groups).size).toBeGreaterThan(1)
  for (const group of groups)
    for (const metric of ['InvocationDroppedCount', 'TargetErrorCount', 'InvocationThrottleCount'])
      expect([group, metric, isWatched(metric, group)]).toEqual([group, metric, true])
})

test('no function is called and not waited for: what fails is on a queue, which redriving puts back', () => {
  expect(ofType(app, 'AWS::Lambda::EventInvokeConfig')).toEqual([])
  for (const [, { Properties }] of ofType(app, 'AWS::Lambda::Function'))
    expect(Properties).not.toHaveProperty('DeadLetterConfig')
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
  const platform = new PlatformAlarms(stack, 'Platform', { alarms, table, scheduleGroups: ['waits'] })
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
