import { type CrashRun, shortName } from './crash-run.ts'

/** Words for services, as people call them. */
const services: Readonly<Record<string, string>> = {
  dynamodb: 'DynamoDB',
  events: 'EventBridge',
  lambda: 'Lambda',
  s3: 'S3',
  scheduler: 'Scheduler',
  secretsmanager: 'Secrets Manager',
  ses: 'SES',
  sqs: 'SQS',
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('*', '\\*') || ' '

/** Markdown: each kind of call once, with the scenario that it was tried in. */
export const tableOf = (runs: readonly CrashRun[]): string => {
  const byFunction = [...Map.groupBy(runs, ({ point }) => shortName(point.function))].sort()
  const sections = byFunction.map(([name, own]) => {
    const rows = [...Map.groupBy(own, ({ point }) => `${point.operation} ${point.about}`).values()].map(
      (same) => {
        const [first] = same
        if (!first) return ''
        const outcome = (when: string): string => {
          const came = same.filter((one) => one.when === when).map((one) => one.outcome)
          return came.every((one) => one === 'repaired') && came.length > 0 ? 'repaired' : '**differs**'
        }
        const { service, operation, about } = first.point
        const cells = [
          services[service] ?? service,
          operation,
          about,
          outcome('before'),
          outcome('after'),
          first.scenario,
        ]
        return `| ${cells.map(cell).join(' | ')} |`
      },
    )
    return [
      `## ${name}`,
      '',
      '| service | call | about | dies before | dies after | tried where |',
      '| --- | --- | --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n')
  })
  return sections.join('\n')
}
