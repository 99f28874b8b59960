import { type Capability, eventsFor, working } from '../capability.ts'
import { figures } from './figures.ts'
import { record } from './record.ts'

/** Leads come under a new model page by page, several lanes side by side. */
export const rescore: Capability = {
  name: 'rescore',
  entry: 'functions/rescore/rescore-leads.lambda.ts',
  purpose: 'Brings every lead under the rules that went live',
  ...working,
  // A page is 25 whole logs, folded.
  memory: 1024,
  // A new model must not take what answering and recording need.
  queues: () => [{ events: eventsFor('rescore'), maxConcurrency: 5, batchSize: 1 }],
  connect: (fn, { bus, leads, workOf }) => {
    bus.grantPublish(fn)
    leads.grantItems(fn, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query'])
    leads.grantLists(fn)
    workOf(rescore).grantContinue()
    // A lead under new rules may cool at another time.
    workOf(record).grantSend(fn, 'RECORD_QUEUE_URL')
    workOf(figures).grantSend(fn, 'FIGURES_QUEUE_URL')
  },
}
