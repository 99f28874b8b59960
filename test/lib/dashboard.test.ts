import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asList, isRecord } from './plain-text.ts'
import { ofType, synthFixture } from './synth-fixture.ts'

const { app, data } = synthFixture()
const alarms = ofType(app, 'AWS::CloudWatch::Alarm')
const [dashboard] = ofType(app, 'AWS::CloudWatch::Dashboard')
const body = JSON.stringify(dashboard?.[1].Properties.DashboardBody)

test('the dashboard shows every alarm, every queue with its dead letters, and every counted line', () => {
  for (const [id] of alarms) expect(body).toContain(`"${id}"`)
  const queues = ofType(app, 'AWS::SQS::Queue').map(([id]) => id)
  expect(queues.length).toBeGreaterThan(15)
  for (const id of queues) expect(body).toContain(`"${id}"`)
  const filters = ofType(app, 'AWS::Logs::MetricFilter')
  for (const [, { Properties }] of filters) {
    const [counted] = asList(Properties.MetricTransformations)
    expect(isRecord(counted) && body.includes(String(counted.MetricName))).toBe(true)
  }
})

test.each([
  'Throttles',
  'WriteThrottleEvents',
  'InvocationDroppedCount',
  'Reputation.BounceRate',
  'FailedInvocations',
])('the dashboard shows %s', (metric) => {
  expect(body).toContain(metric)
})

const page = readFileSync(join(import.meta.dirname, '../../docs/operations/costs.md'), 'utf8')
const told = (pattern: RegExp): readonly number[] =>
  (pattern.exec(page) ?? []).slice(1).map((text) => Number(text.replace('$', '')))
const inMoney = (amount: number): string => `$${amount.toFixed(2)}`

test('the page of costs counts the alarms of the stack and what they look at', () => {
  const metrics = alarms.reduce((sum, [, { Properties }]) => {
    const looked = asList(Properties.Metrics).filter((one) => isRecord(one) && 'MetricStat' in one).length
    return sum + Math.max(1, looked)
  }, 0)
  expect(told(/(\d+) alarms, which look at (\d+) metrics/)).toEqual([alarms.length, metrics])
  expect(page).toContain(`| ${inMoney(metrics * 0.1)} |`)
})

test('the page of costs counts secrets, and queues with their pollers', () => {
  const secrets = ofType(data, 'AWS::SecretsManager::Secret').length
  expect(page).toContain(`secrets ($0.40 each) | ${inMoney(secrets * 0.4)} |`)
  const mappings = ofType(app, 'AWS::Lambda::EventSourceMapping').length
  const requests = (mappings * 5 * 3 * 43_200) / 1e6
  expect(page).toContain(`${mappings} queues × 5 × 3 × 43,200 minutes = ${requests.toFixed(1)} million`)
  expect(page).toContain(`| ${inMoney(requests * 0.4)} |`)
})
