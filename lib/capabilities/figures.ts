import { Duration } from 'aws-cdk-lib/core'
import { source, tellingEvents } from '../../functions/event-names.ts'
import { partitions } from '../../functions/table-schema.ts'
import type { Capability } from '../capability.ts'
import { beginByCalendar } from '../constructs/begin-by-calendar.ts'

/** What a minute brings is counted at once: each lead is read once, and each shard of rows written once. */
export const figures: Capability = {
  name: 'figures',
  entry: 'functions/figures/update-figures.lambda.ts',
  purpose: 'Counts leads that have changed into the rows of the figures',
  // One core: rows are packed and unpacked.
  memory: 1769,
  timeoutSeconds: 120,
  // Two at once meet at a shard's pointer now and then; more would do so more often.
  queues: () => [
    {
      events: { source: [source], detailType: [...tellingEvents] },
      maxConcurrency: 2,
      batchSize: 5_000,
      batchWindow: Duration.minutes(1),
    },
  ],
  connect: (fn, { scope, leads, rows, sending, workOf }) => {
    leads.grantItems(fn, ['GetItem', 'BatchGetItem', 'Query'])
    leads.grantWriting(fn, ['PutItem', 'DeleteItem'], [partitions.rows])
    // Where the lead stands among all people.
    leads.grantWriting(fn, ['BatchWriteItem'], [partitions.lead('*')])
    leads.grantLists(fn)
    rows.grantReplace(fn)
    workOf(figures).grantContinue()
    sending.grantSend(fn)
    // In the morning of Europe.
    beginByCalendar(scope, {
      id: 'WeeklyReport',
      description: 'Mails the figures of the week before',
      cron: 'cron(0 5 ? * MON *)',
      message: { type: 'report', report: { kind: 'week' } },
      work: workOf(figures),
    })
    beginByCalendar(scope, {
      id: 'MonthlyReport',
      description: 'Mails the figures of the month before',
      cron: 'cron(0 5 1 * ? *)',
      message: { type: 'report', report: { kind: 'month' } },
      work: workOf(figures),
    })
  },
}
