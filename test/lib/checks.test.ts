import { CfnTopic } from 'aws-cdk-lib/aws-sns'
import { CfnQueue } from 'aws-cdk-lib/aws-sqs'
import { expect, test } from 'vitest'
import { nagFindings, schemaFindings } from './findings.ts'
import { makeApp } from './synth-fixture.ts'

const everything = { env: 'staging', emailDomain: 'mail.example.com', alarmEmail: 'ops@example.com' }

test('cdk-nag finds nothing that is not acknowledged', () => {
  expect(nagFindings(makeApp(everything))).toEqual([])
})

test('cdk-nag does find what is wrong', () => {
  const made = makeApp()
  new CfnTopic(made.stacks.app, 'Planted')
  expect(nagFindings(made)).toEqual(['AwsSolutions-SNS3'])
})

test('CloudFormation would take the templates', () => {
  expect(schemaFindings(makeApp(everything, { builtinCloudFormationValidation: true }))).toEqual([])
})

test('CloudFormation would not take anything', () => {
  const made = makeApp({}, { builtinCloudFormationValidation: true })
  new CfnQueue(made.stacks.app, 'Planted').addPropertyOverride('VisibilityTimeout', 'long')
  expect(schemaFindings(made)).toHaveLength(1)
})
