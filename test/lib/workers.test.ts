import { expect, test } from 'vitest'
import { typesTakenBy } from '../../domain/model/event-table.ts'
import { tellingEvents, timerRefusedMessage } from '../../functions/event-names.ts'
import { capabilities } from '../../lib/capabilities.ts'
import { asList, isRecord, plainText } from './plain-text.ts'
import { ofType, type Resource, synthFixture } from './synth-fixture.ts'

const { app } = synthFixture()

/** What works from a queue: `Record` of `RecordWorkQueue…`. Record has a second one, for browsers without an address. */
const workers = [
  'Browser',
  ...capabilities.flatMap(({ name, queues }) =>
    queues ? [`${name[0]?.toUpperCase()}${name.slice(1)}`] : [],
  ),
].sort()

const named = (type: string, name: string): Resource => {
  const found = ofType(app, type).filter(([id]) => id.replace(/[0-9A-F]{8}$/, '') === name)
  expect(found.map(([id]) => id)).toHaveLength(1)
  const [first] = found
  if (!first) throw new Error(`no ${type} ${name}`)
  return first[1]
}

const propertiesOf = (type: string) => ofType(app, type).map(([, { Properties }]) => Properties)

const property = (from: unknown, key: string): unknown => (isRecord(from) ? from[key] : undefined)

/** What comes from browsers without an address has a queue of its own, and the same function. */
const functionOf = (worker: string): string => (worker === 'Browser' ? 'Record' : worker)

test('every function that works from a queue has its own', () => {
  const found = propertiesOf('AWS::Lambda::EventSourceMapping').map(({ EventSourceArn, FunctionName }) => [
    plainText(EventSourceArn),
    plainText(FunctionName),
  ])
  expect(found.sort()).toEqual(
    workers.map((name) => [`<${name}WorkQueue.Arn>`, `<${functionOf(name)}Function>`]),
  )
})

test('every queue is the work or the dead letters of one of them', () => {
  const names = propertiesOf('AWS::SQS::Queue').length
  expect(names).toBe(2 * workers.length)
  for (const name of workers) {
    named('AWS::SQS::Queue', `${name}WorkQueue`)
    named('AWS::SQS::Queue', `${name}WorkDeadLetters`)
  }
})

test.each(workers)('%s: failures are reported by message and end in the dead letters', (name) => {
  const source = named('AWS::Lambda::EventSourceMapping', `${name}WorkSource`).Properties
  expect(source.FunctionResponseTypes).toEqual(['ReportBatchItemFailures'])
  const redrive = named('AWS::SQS::Queue', `${name}WorkQueue`).Properties.RedrivePolicy
  expect(plainText(property(redrive, 'deadLetterTargetArn'))).toBe(`<${name}WorkDeadLetters.Arn>`)
  expect(property(redrive, 'maxReceiveCount')).toBeGreaterThanOrEqual(5)
})

test.each(workers)('%s: a message is not handed out again while a call may still hold it', (name) => {
  const timeout = Number(named('AWS::Lambda::Function', `${functionOf(name)}Function`).Properties.Timeout)
  const { VisibilityTimeout } = named('AWS::SQS::Queue', `${name}WorkQueue`).Properties
  expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * timeout)
})

test("a crashed sender's claim runs out before its message counts as dead", () => {
  const leaseSeconds = 15 * 60
  const { RedrivePolicy, VisibilityTimeout } = named('AWS::SQS::Queue', 'SendWorkQueue').Properties
  const lastDelivery = (Number(property(RedrivePolicy, 'maxReceiveCount')) - 1) * Number(VisibilityTimeout)
  expect(lastDelivery).toBeGreaterThan(leaseSeconds)
})

test.each(workers)('%s: dead letters and a slow queue raise alarms that name the runbook', (name) => {
  const dead = named('AWS::CloudWatch::Alarm', `${name}WorkDeadLettersAlarm`).Properties
  expect(dead).toMatchObject({ Threshold: 1, TreatMissingData: 'notBreaching', EvaluationPeriods: 1 })
  expect(dead.AlarmDescription).toContain('Dead letters')
  expect(plainText(property(asList(dead.Dimensions)[0], 'Value'))).toBe(`<${name}WorkDeadLetters.QueueName>`)
  const slow = named('AWS::CloudWatch::Alarm', `${name}WorkAgeAlarm`).Properties
  expect(slow.AlarmDescription).toContain('A queue falls behind')
  expect(plainText(property(asList(slow.Dimensions)[0], 'Value'))).toBe(`<${name}WorkQueue.QueueName>`)
})

test('every alarm goes to the one topic', () => {
  const actions = propertiesOf('AWS::CloudWatch::Alarm').map(({ AlarmActions }) =>
    asList(AlarmActions).map(plainText),
  )
  // Three for each worker; one for every ten queues and ten rules; those of the platform and of what functions log.
  const inTens = [workers.length, ofType(app, 'AWS::Events::Rule').length].map((count) =>
    Math.ceil(count / 10),
  )
  expect(actions).toHaveLength(3 * workers.length + inTens.reduce((sum, tens) => sum + tens, 0) + 16)
  expect(actions).toEqual(actions.map(() => ['<AlarmsTopic>']))
})

test('every rule feeds the queue of its worker and nothing else', () => {
  const targets = propertiesOf('AWS::Events::Rule').flatMap(({ Targets }) =>
    asList(Targets).map((target) => [
      plainText(property(target, 'Arn')),
      plainText(property(property(target, 'DeadLetterConfig'), 'Arn')),
    ]),
  )
  expect(targets.sort()).toEqual(
    // What outcomes say, and whether people are still to be kept, is asked by the calendar; the console asks for the rest.
    workers
      .filter((name) => !['Retain', 'Calibrate', 'Audience', 'Import'].includes(name))
      .map((name) => [`<${name}WorkQueue.Arn>`, `<${name}WorkDeadLetters.Arn>`]),
  )
})

test.each([
  ['Retain', 'whether people are still to be kept', 'cron(0 2 * * ? *)', 'due'],
  ['Calibrate', 'what outcomes say of the scoring', 'cron(0 3 ? * MON *)', 'begin'],
])('%s asks by the calendar %s', (name, _, cron, type) => {
  const [schedule, ...others] = propertiesOf('AWS::Scheduler::Schedule').filter(
    ({ ScheduleExpression }) => ScheduleExpression === cron,
  )
  expect(others).toEqual([])
  expect(schedule).toMatchObject({ FlexibleTimeWindow: { Mode: 'OFF' } })
  const target = schedule?.Target
  expect(plainText(property(target, 'Arn'))).toBe(`<${name}WorkQueue.Arn>`)
  expect(plainText(property(target, 'RoleArn'))).toBe(`<${name}ScheduleRole.Arn>`)
  expect(plainText(property(property(target, 'DeadLetterConfig'), 'Arn'))).toBe(
    `<${name}WorkDeadLetters.Arn>`,
  )
  expect(property(target, 'Input')).toBe(JSON.stringify({ type }))
})

test.each([
  ['Weekly', 'cron(0 5 ? * MON *)', 'week'],
  ['Monthly', 'cron(0 5 1 * ? *)', 'month'],
])('%sReport asks Figures by the calendar for the latest one', (name, cron, kind) => {
  const [schedule] = propertiesOf('AWS::Scheduler::Schedule').filter(
    ({ ScheduleExpression }) => ScheduleExpression === cron,
  )
  const target = schedule?.Target
  expect(plainText(property(target, 'Arn'))).toBe('<FiguresWorkQueue.Arn>')
  expect(plainText(property(target, 'RoleArn'))).toBe(`<${name}ReportScheduleRole.Arn>`)
  expect(property(target, 'Input')).toBe(JSON.stringify({ type: 'report', report: { kind } }))
})

const awaited = { metadata: { unawaited: [{ exists: false }] } }

test.each([
  ['nurture', awaited],
  ['send', awaited],
  // Of leads that were merged or parted, where one has qualified.
  ['handoff', { $or: [awaited, { data: { merged: [{ exists: false }] } }] }],
  ['erase', undefined],
  ['rescore', undefined],
  ['webhook', { metadata: { unheard: [{ exists: false }] } }],
] as const)('%s takes what the table of events says, from Trichter alone', (worker, detail) => {
  const name = worker.charAt(0).toUpperCase() + worker.slice(1)
  const { EventBusName, EventPattern } = named('AWS::Events::Rule', `${name}WorkRule`).Properties
  expect(plainText(EventBusName)).toBe('<ActivitiesBus>')
  expect(EventPattern).toEqual({
    source: ['trichter'],
    'detail-type': typesTakenBy(worker),
    ...(detail && { detail }),
  })
})

test.each([
  ['Browser', true],
  ['Record', false],
])('%s takes activities of whoever puts them: visitors %s', (name, exists) => {
  const { EventBusName, EventPattern } = named('AWS::Events::Rule', `${name}WorkRule`).Properties
  expect(plainText(EventBusName)).toBe('<ActivitiesBus>')
  expect(EventPattern).toEqual({
    'detail-type': ['Activity'],
    detail: { subject: { visitorId: [{ exists }] } },
  })
})

test('Figures takes what tells of leads beside their logs, and waits a minute for more', () => {
  const { EventPattern } = named('AWS::Events::Rule', 'FiguresWorkRule').Properties
  expect(EventPattern).toEqual({ source: ['trichter'], 'detail-type': [...tellingEvents] })
  const source = named('AWS::Lambda::EventSourceMapping', 'FiguresWorkSource').Properties
  expect(source).toMatchObject({ BatchSize: 5_000, MaximumBatchingWindowInSeconds: 60 })
  for (const name of ['Record', 'Rescore', 'Handoff']) expect(fedBy(name)).toContain('<FiguresWorkQueue.Arn>')
})

test('Feedback takes what SES reports on this configuration set, and no other mail of the account', () => {
  const { EventBusName, EventPattern } = named('AWS::Events::Rule', 'FeedbackWorkRule').Properties
  expect(EventBusName).toBe('default')
  expect(EventPattern).toEqual({
    source: ['aws.ses'],
    detail: {
      mail: {
        tags: { 'ses:configuration-set': [{ Ref: expect.stringMatching(/^SendingConfigurationSet/) }] },
      },
    },
  })
})

/** Queues that a function may put messages on. */
const fedBy = (name: string): readonly string[] =>
  propertiesOf('AWS::IAM::Policy')
    .filter(({ Roles }) => plainText(asList(Roles)[0]) === `<${name}Role>`)
    .flatMap(({ PolicyDocument }) => asList(property(PolicyDocument, 'Statement')))
    .filter((statement) => [property(statement, 'Action')].flat().includes('sqs:SendMessage'))
    .flatMap((statement) => [property(statement, 'Resource')].flat().map(plainText))

/** Whether a function puts messages on a queue that it works from. */
const feedsItself = (name: string): boolean =>
  workers.some((worker) => functionOf(worker) === name && fedBy(name).includes(`<${worker}WorkQueue.Arn>`))

const functions = [...new Set(workers.map(functionOf))]

test.each(functions)(
  '%s: goes round as often as it has to where it feeds itself, and nowhere else',
  (name) => {
    const { RecursiveLoop } = named('AWS::Lambda::Function', `${name}Function`).Properties
    expect(RecursiveLoop).toBe(feedsItself(name) ? 'Allow' : undefined)
  },
)

test('those that go on piece by piece feed themselves', () => {
  expect(functions.filter(feedsItself)).toEqual(
    expect.arrayContaining(['Erase', 'Handoff', 'Nurture', 'Record', 'Rescore', 'Send', 'Webhook']),
  )
})

test.each(workers)('%s: a chain that Lambda stops raises an alarm', (name) => {
  const alarm = named('AWS::CloudWatch::Alarm', `${name}WorkRecursionAlarm`).Properties
  expect(alarm).toMatchObject({ MetricName: 'RecursiveInvocationsDropped', Statistic: 'Sum', Threshold: 1 })
  expect(alarm.AlarmDescription).toContain('A chain of messages was stopped')
})

test('a wake-up that Scheduler refuses raises an alarm, whoever set it', () => {
  const alarm = named('AWS::CloudWatch::Alarm', 'WakeRefusedAlarm').Properties
  const filters = propertiesOf('AWS::Logs::MetricFilter').filter(({ FilterPattern }) =>
    String(FilterPattern).includes(timerRefusedMessage),
  )
  expect(filters.map(({ LogGroupName }) => plainText(LogGroupName)).sort()).toEqual(
    ['Audience', 'Handoff', 'Nurture', 'Record', 'Send', 'Webhook'].map((name) => `<${name}Logs>`),
  )
  const names = filters.map(({ MetricTransformations }) =>
    property(asList(MetricTransformations)[0], 'MetricName'),
  )
  expect(new Set(names)).toEqual(new Set([alarm.MetricName]))
})
