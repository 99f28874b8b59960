import { Code } from 'aws-cdk-lib/aws-lambda'
import { App, Stack } from 'aws-cdk-lib/core'
import { expect, test } from 'vitest'
import { feedback } from '../../lib/capabilities/feedback.ts'
import { ActivityBus } from '../../lib/constructs/activity-bus.ts'
import { AppFunction } from '../../lib/constructs/app-function.ts'
import { Keys } from '../../lib/constructs/keys.ts'
import { LeadTable } from '../../lib/constructs/lead-table.ts'

const makeFunction = () => {
  const app = new App({
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: false,
  })
  const stack = new Stack(app, 'Stack')
  const code = Code.fromAsset(import.meta.dirname)
  return { app, stack, fn: new AppFunction(stack, 'Feedback', { settings: feedback, code }) }
}

test('grants on one function add up', () => {
  const { app, stack, fn } = makeFunction()
  new ActivityBus(stack, 'Bus', { name: 'test' }).grantPublish(fn)
  new LeadTable(stack, 'Leads').grantItems(fn, ['GetItem'])
  new Keys(stack, 'Keys').grantSigning(fn)
  fn.setVariable('RECORD_QUEUE_URL', 'https://sqs.example.com/record')
  const { template } = app.synth().getStackArtifact('Stack')
  const [lambda] = Object.values<{ Type: string; Properties: { Environment: { Variables: object } } }>(
    template.Resources,
  ).filter(({ Type }) => Type === 'AWS::Lambda::Function')
  expect(Object.keys(lambda?.Properties.Environment.Variables ?? {}).sort()).toEqual([
    'BUS_NAME',
    'NODE_OPTIONS',
    'RECORD_QUEUE_URL',
    'SIGNING_SECRET_ARN',
    'TABLE_NAME',
  ])
})

test('synthesis fails where a variable is set that the entry does not name', () => {
  const { app, fn } = makeFunction()
  fn.setVariable('PUBLIC_URL', 'x')
  expect(() => app.synth()).toThrow('function feedback does not read PUBLIC_URL')
})

test('a variable is set once', () => {
  const { fn } = makeFunction()
  fn.setVariable('BUS_NAME', 'x')
  expect(() => fn.setVariable('BUS_NAME', 'y')).toThrow('function feedback has BUS_NAME already')
})

test('synthesis fails while a variable is missing', () => {
  const { app, fn } = makeFunction()
  fn.setVariable('BUS_NAME', 'x')
  expect(() => app.synth()).toThrow('function feedback reads TABLE_NAME, which nothing sets')
})
