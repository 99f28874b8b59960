import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CfnTopic } from 'aws-cdk-lib/aws-sns'
import { CfnQueue } from 'aws-cdk-lib/aws-sqs'
import { AwsSolutionsChecks } from 'cdk-nag'
import { expect, test } from 'vitest'
import { makeApp } from './synth-fixture.ts'

const contexts = [
  ['bare', {}],
  ['with everything', { env: 'staging', emailDomain: 'mail.example.com', alarmEmail: 'ops@example.com' }],
] as const

type Made = ReturnType<typeof makeApp>

const nagFindings = ({ app }: Made): string[] =>
  new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName)

/** Rules that CloudFormation's own validation finds broken, as the CDK reports them beside the templates. */
const schemaFindings = ({ app }: Made): string[] => {
  const { directory } = app.synth()
  const report: { pluginReports: { violations: { ruleName: string }[] }[] } = JSON.parse(
    readFileSync(join(directory, 'validation-report.json'), 'utf8'),
  )
  return report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName))
}

test.each(contexts)('cdk-nag finds nothing that is not acknowledged: %s', (_which, context) => {
  expect(nagFindings(makeApp(context))).toEqual([])
})

test('cdk-nag does find what is wrong', () => {
  const made = makeApp()
  new CfnTopic(made.stacks.app, 'Planted')
  expect(nagFindings(made)).toEqual(['AwsSolutions-SNS3'])
})

test.each(contexts)('CloudFormation would take the templates: %s', (_which, context) => {
  expect(schemaFindings(makeApp(context, { builtinCloudFormationValidation: true }))).toEqual([])
})

test('CloudFormation would not take anything', () => {
  const made = makeApp({}, { builtinCloudFormationValidation: true })
  new CfnQueue(made.stacks.app, 'Planted').addPropertyOverride('VisibilityTimeout', 'long')
  expect(schemaFindings(made)).toHaveLength(1)
})
