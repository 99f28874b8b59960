import { shortName, wordsOf } from './calls.ts'
import type { CrashRun } from './crash-run.ts'

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

const head = `| service | call | about | dies before | dies after | tried where |
| --- | --- | --- | --- | --- | --- |`

/** Where a scenario did not get there, another one did. */
const outcomeOf = (runs: readonly CrashRun[]): string => {
  const reached = runs.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'not reached')
  if (reached.length === 0) return '**not reached**'
  return reached.every((outcome) => outcome === 'repaired') ? 'repaired' : '**differs**'
}

const rowOf = (same: readonly CrashRun[]): string => {
  const [first] = same.toSorted((one) => (one.outcome === 'not reached' ? 1 : -1))
  if (!first) return ''
  const { service, operation, about } = first.point
  // A read is tried once: before and after it, all is the same.
  const [before, after] = (['before', 'after'] as const).map((when) => {
    const own = same.filter((one) => one.when === when)
    return outcomeOf(own.length > 0 ? own : same)
  })
  const cells = [services[service] ?? service, operation, about.join(', ')].map(cell)
  return `| ${[...cells, before, after, cell(first.scenario)].join(' | ')} |`
}

/** Markdown: each kind of call once, with the scenario that it was tried in. */
export const tableOf = (runs: readonly CrashRun[]): string =>
  [...Map.groupBy(runs, ({ point }) => shortName(point.function))]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, own]) => {
      const rows = [...Map.groupBy(own, ({ point }) => wordsOf(point)).values()].map(rowOf)
      return [`## ${name}`, '', head, ...rows, ''].join('\n')
    })
    .join('\n')

/** The functions that a table has. */
export const functionsIn = (page: string): readonly string[] =>
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => section.split('\n', 1)[0] ?? '')
