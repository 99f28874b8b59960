import { expect, test } from 'vitest'
import {
  emptyTeamMessage,
  missedHitMessage,
  sendingPausedMessage,
  sentAgainMessage,
  webhookFailedMessage,
} from '../../functions/event-names.ts'
import { sendersFor } from '../../lib/capabilities/send.ts'
import { asList, plainText } from './plain-text.ts'
import { ofType, synthFixture } from './synth-fixture.ts'

test('the output names every DNS record of the sender domain: name, type and value', () => {
  const { app } = synthFixture({ emailDomain: 'mail.example.com' })
  const records = Object.entries(app.Outputs)
    .filter(([id]) => id.includes('Dns'))
    .map(([id, { Value }]) => `${id.replace(/^Sending|[0-9A-F]{8}$/g, '')}: ${plainText(Value)}`)
  expect(records.sort()).toEqual([
    expect.stringMatching(/^DnsDkim1: .+ CNAME .+/),
    expect.stringMatching(/^DnsDkim2: .+ CNAME .+/),
    expect.stringMatching(/^DnsDkim3: .+ CNAME .+/),
    'DnsDmarc: _dmarc.mail.example.com TXT "v=DMARC1; p=quarantine; adkim=r; aspf=r"',
    'DnsMailFromMx: bounce.mail.example.com MX 10 feedback-smtp.<AWS::Region>.amazonses.com',
    'DnsMailFromSpf: bounce.mail.example.com TXT "v=spf1 include:amazonses.com ~all"',
  ])
})

test.each([
  [sendingPausedMessage, 'FeedbackLogs', 'Sending has paused itself'],
  [sentAgainMessage, 'SendLogs', 'An email was sent again'],
  [emptyTeamMessage, 'HandoffLogs', 'No team member available'],
  [webhookFailedMessage, 'WebhookLogs', 'A webhook cannot be delivered'],
])('the line "%s" in the log raises an alarm', (message, logs, heading) => {
  const { app } = synthFixture()
  const filters = ofType(app, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties)
  const [filter, ...others] = filters.filter(({ FilterPattern }) => String(FilterPattern).includes(message))
  expect(others).toEqual([])
  expect(plainText(filter?.LogGroupName)).toBe(`<${logs}>`)
  expect(filter?.FilterPattern).toBe(`{ $.message = "${message}" }`)
  const metric = asList(filter?.MetricTransformations)[0]
  expect(metric).toMatchObject({ MetricNamespace: 'Trichter', MetricValue: '1' })
  const alarms = ofType(app, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties)
  const { MetricName } = metric as { MetricName: string }
  const watching = alarms.filter((alarm) => alarm.MetricName === MetricName)
  expect(watching).toMatchObject([{ Namespace: 'Trichter', Statistic: 'Sum', Threshold: 1 }])
  expect(watching[0]?.AlarmDescription).toContain(heading)
})

test('clicks and opens that the bus did not take are counted, and raise no alarm', () => {
  const { app } = synthFixture()
  const counting = ofType(app, 'AWS::Logs::MetricFilter')
    .map(([, { Properties }]) => Properties)
    .filter(({ FilterPattern }) => FilterPattern === `{ $.message = "${missedHitMessage}" }`)
  expect(counting.map(({ LogGroupName }) => plainText(LogGroupName))).toEqual(['<IntakeLogs>'])
  const metric = asList(counting[0]?.MetricTransformations)[0]
  expect(metric).toMatchObject({
    MetricNamespace: 'Trichter',
    MetricName: expect.stringMatching(/^ClicksAndOpensMissed-/),
  })
  const { MetricName } = metric as { MetricName: string }
  expect(JSON.stringify(ofType(app, 'AWS::CloudWatch::Alarm'))).not.toContain(MetricName)
})

test.each([
  [1, 2],
  [14, 5],
  [50, 17],
  [9_999, 1_000],
])('for %i mails a second of SES there are %i senders', (rate, senders) => {
  expect(sendersFor(rate)).toBe(senders)
})

const sendRatesIn = (app: Parameters<typeof ofType>[0]): readonly unknown[] =>
  ofType(app, 'AWS::Lambda::Function').flatMap(([id, { Properties }]) =>
    id.startsWith('Send')
      ? [(Properties.Environment as { Variables: { SEND_RATE: unknown } }).Variables.SEND_RATE]
      : [],
  )

test('few senders have all of the rate', () => {
  const { app } = synthFixture({ sesRate: '80', concurrency: '10' })
  expect(sendRatesIn(app)).toEqual(['40'])
})

test('where no rate is given, SES itself says what is too much', () => {
  expect(sendRatesIn(synthFixture().app)).toEqual(['any'])
})

test('as many senders work as the rate of SES that is configured asks for', () => {
  const { app } = synthFixture({ sesRate: '80', concurrency: '1000' })
  const sources = ofType(app, 'AWS::Lambda::EventSourceMapping').filter(([id]) => id.startsWith('SendWork'))
  expect(sources.map(([, { Properties }]) => Properties.ScalingConfig)).toEqual([{ MaximumConcurrency: 27 }])
  expect(sendRatesIn(app)).toEqual([String(80 / 27)])
})
