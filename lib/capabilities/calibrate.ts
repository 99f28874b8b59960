import { partitions } from '../../functions/table-schema.ts'
import type { Capability } from '../capability.ts'
import { beginByCalendar } from '../constructs/begin-by-calendar.ts'

export const calibrate: Capability = {
  name: 'calibrate',
  entry: 'functions/calibrate/calibrate-scoring.lambda.ts',
  purpose: 'Says weekly what outcomes tell of the scoring',
  // One core: ten thousand judged leads take some ten seconds of it, and a piece of the logs a few.
  memory: 1769,
  timeoutSeconds: 120,
  // The calendar and people ask: it takes no events.
  queues: () => [{ maxConcurrency: 2, batchSize: 1 }],
  connect: (fn, { scope, leads, workOf }) => {
    leads.grantLeads(fn)
    leads.grantWriting(fn, ['GetItem', 'BatchGetItem', 'Query', 'PutItem'], [partitions.calibration])
    leads.grantLists(fn)
    workOf(calibrate).grantContinue()
    beginByCalendar(scope, {
      id: 'Calibrate',
      description: 'Asks weekly what outcomes say of the scoring',
      // Before the week begins in Europe.
      cron: 'cron(0 3 ? * MON *)',
      message: { type: 'begin' },
      work: workOf(calibrate),
    })
  },
}
