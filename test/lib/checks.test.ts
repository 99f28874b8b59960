import { CfnTopic } from 'aws-cdk-lib/aws-sns'
import { CfnQueue } from 'aws-cdk-lib/aws-sqs'
import { expect, test } from 'vitest'
import { nagFindings, schemaFindings } from './findings.ts'
import { makeApp } from './synth-fixture.ts'

const everything = {
  env: 'staging',
  emailDomain: 'mail.example.com',
  alarmEmail: 'ops@example.com',
  consoleCdn: 'true',
}

test('cdk-nag finds what is planted, and nothing else that is not acknowledged', () => {
  const made = makeApp(everything)
  new CfnTopic(made.stacks.app, 'Planted')
  expect(nagFindings(made)).toEqual(['AwsSolutions-SNS3'])
})

test('CloudFormation would take the templates but for what is planted', () => {
  const made = makeApp(everything, { builtinCloudFormationValidation: true })
  new CfnQueue(made.stacks.app, 'Planted').addPropertyOverride('VisibilityTimeout', 'long')
  expect(schemaFindings(made)).toHaveLength(1)
})
