import { type Capability, working } from '../capability.ts'
import { figures } from './figures.ts'
import { record } from './record.ts'

/** Rows of imports become activities, in four lanes side by side, each in the order of its lines. */
export const imports: Capability = {
  name: 'import',
  entry: 'functions/import/take-rows.lambda.ts',
  purpose: 'Takes the rows of imports',
  ...working,
  memory: 1024,
  queues: () => [{ maxConcurrency: 4, batchSize: 1 }],
  connect: (fn, { bus, leads, keys, workOf }) => {
    bus.grantPublish(fn)
    leads.grantItems(fn, [
      'GetItem',
      'BatchGetItem',
      'PutItem',
      'PartiQLInsert',
      'BatchWriteItem',
      'UpdateItem',
      'DeleteItem',
      'Query',
    ])
    keys.grantSigning(fn)
    workOf(imports).grantContinue()
    workOf(figures).grantSend(fn, 'FIGURES_QUEUE_URL')
    // What a lead waits for is set by the recorder.
    workOf(record).grantSend(fn, 'RECORD_QUEUE_URL')
  },
}
