import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { spread } from '../../bin/spread.ts'
import { assumed, counted } from '../../domain/cost/counted.ts'
import { type Counted, type ScenarioName, scenarioNames } from '../../domain/cost/scale.ts'
import { asList, isRecord, plainText } from '../lib/plain-text.ts'
import { ofType, synthFixture } from '../lib/synth-fixture.ts'

const { app, data } = synthFixture()
const scenarios: readonly (readonly [ScenarioName, Counted])[] = scenarioNames.map((name) => [
  name,
  counted[name],
])

/** Actions that the role of each function names. */
const permitted = Map.groupBy(
  ofType(app, 'AWS::IAM::Policy').flatMap(([, { Properties }]) => {
    const role = plainText(asList(Properties.Roles)[0]).replace(/^<|Role>$/g, '')
    const { PolicyDocument } = Properties
    const statements = isRecord(PolicyDocument) ? asList(PolicyDocument.Statement) : []
    return statements.flatMap((one) =>
      isRecord(one) ? [one.Action].flat().map((action) => [role, String(action)] as const) : [],
    )
  }),
  ([role]) => role,
)
/**
 * Batches need the permission of the single one, and statements that of their kind, of which the stack has inserts alone; what the
 * pollers do is in the role as well.
 */
const actionOf = (operation: string): string => {
  const [service = '', name = ''] = operation.split(' ')
  if (name === 'BatchExecuteStatement') return 'dynamodb:PartiQLInsert'
  return `${service}:${name.replace(/^(Send|Delete)MessageBatch$/, '$1Message')}`
}

test.each(scenarios)(
  '%s was counted of what the stack has: each request by a function that may make it',
  (_, { calls }) => {
    const rules = ofType(app, 'AWS::Events::Rule').map(([id]) => id.replace(/WorkRule[0-9A-F]{8}$/, ''))
    expect(Object.keys(calls).length).toBeGreaterThan(1)
    for (const [caller, operations] of Object.entries(calls)) {
      const [name = '', kind] = /^(\w+) \((\w+)\)$/.exec(caller)?.slice(1) ?? []
      if (kind === 'Group') expect(name).toBe('WakeUps')
      else if (kind === 'Rule') expect(rules).toContain(name)
      else {
        const actions = permitted.get(name)?.map(([, action]) => action)
        for (const operation of Object.keys(operations))
          expect([caller, actions]).toEqual([caller, expect.arrayContaining([actionOf(operation)])])
      }
    }
  },
)

test('every step that the code makes was seen: nobody on the way is missing from the table', () => {
  const callers = (name: ScenarioName) => Object.keys(counted[name].calls)
  expect(callers('activity')).toEqual(
    expect.arrayContaining(['Intake (Function)', 'Record (Rule)', 'Record (Function)']),
  )
  const mail = [
    'Nurture (Function)',
    'Send (Rule)',
    'Send (Function)',
    'Feedback (Rule)',
    'Feedback (Function)',
  ]
  expect(callers('email')).toEqual(expect.arrayContaining([...mail, 'WakeUps (Group)']))
  expect(callers('handoff')).toEqual(
    expect.arrayContaining([...mail, 'Handoff (Function)', 'Handoff (Rule)']),
  )
  for (const [, { written, events }] of scenarios) expect(Math.min(written.L ?? 0, events)).toBeGreaterThan(0)
})

test('each kind of partition that was written or read is one that the model knows', () => {
  const kinds = scenarios.flatMap(([, { written, read }]) => [...Object.keys(written), ...Object.keys(read)])
  expect(kinds.filter((kind) => !(kind in spread))).toEqual([])
})

test('what is paid for at rest is what the stacks have', () => {
  const metrics = ofType(app, 'AWS::CloudWatch::Alarm').reduce((sum, [, { Properties }]) => {
    const looked = asList(Properties.Metrics).filter((one) => isRecord(one) && 'MetricStat' in one).length
    return sum + Math.max(1, looked)
  }, 0)
  expect(assumed.atRest).toEqual({
    secretMonths: ofType(data, 'AWS::SecretsManager::Secret').length,
    alarmMetricMonths: metrics,
    dashboardMonths: ofType(app, 'AWS::CloudWatch::Dashboard').length,
    queueRequests: ofType(app, 'AWS::Lambda::EventSourceMapping').length * 5 * 3 * 43_200,
  })
})

const scale = (...args: string[]) =>
  spawnSync(process.execPath, ['bin/scale.ts', ...args], { encoding: 'utf8' })

test('the command names the first limit that is hit, and what to do', () => {
  const { status, stdout } = scale(
    '--leads',
    '10000000',
    '--activitiesPerDay',
    '5000000',
    '--emailsPerDay',
    '2000000',
    '--sesRate',
    '500',
  )
  expect(status).toBe(0)
  expect(stdout).toMatch(/\nOver the limit: Scheduler: schedules \(that stand\)\. To do: ask for more/)
  expect(stdout).toMatch(/together +\$[\d,.]+\n/)
})

test.each([
  ['--leads', 'many'],
  ['--activitiesPerDay', '-1'],
  ['--rocket', '1'],
])('%s %s makes no sense, and is told so', (...args) => {
  const { status, stderr } = scale(...args)
  expect(status).toBe(2)
  expect(stderr).toContain(args[0])
})
