import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AwsSolutionsChecks } from 'cdk-nag'
import type { makeApp } from './synth-fixture.ts'

type Made = ReturnType<typeof makeApp>

export const nagFindings = ({ app }: Made): string[] =>
  new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName)

/** Rules that CloudFormation's own validation finds broken, as the CDK reports them beside the templates. */
export const schemaFindings = ({ app }: Made): string[] => {
  const { directory } = app.synth()
  const report: { pluginReports: { violations: { ruleName: string }[] }[] } = JSON.parse(
    readFileSync(join(directory, 'validation-report.json'), 'utf8'),
  )
  return report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName))
}
