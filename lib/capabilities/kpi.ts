import { partitions } from '../../functions/table-schema.ts'
import type { Capability } from '../capability.ts'
import { figures } from './figures.ts'

/** Apart from the rest of the API: it holds the rows of everybody in memory. */
export const kpi: Capability = {
  name: 'kpi',
  entry: 'functions/kpi/answer-kpi.lambda.ts',
  purpose: 'Answers figures',
  // One core, and room for ten million rows.
  memory: 3008,
  timeoutSeconds: 28,
  connect: (fn, { leads, rows, api, workOf }) => {
    leads.grantPlaybooks(fn, ['GetItem', 'BatchGetItem'])
    leads.grantWriting(fn, ['GetItem', 'BatchGetItem', 'Query'], [partitions.rows])
    leads.grantLists(fn)
    leads.grantAudit(fn)
    rows.grantRead(fn)
    workOf(figures).grantSend(fn, 'FIGURES_QUEUE_URL')
    api.addUserRoute('/api/kpi', ['GET'], fn)
    api.addUserRoute('/api/cost', ['GET'], fn)
    api.addUserRoute('/api/kpi/{proxy+}', ['GET', 'POST'], fn)
    // Links are told apart in the rows alone.
    api.addUserRoute('/api/emails/{email}/clicks', ['GET'], fn)
  },
}
