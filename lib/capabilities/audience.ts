import { type Capability, working } from '../capability.ts'

/** Everybody for whom a condition holds, found page by page, several lanes side by side. */
export const audience: Capability = {
  name: 'audience',
  entry: 'functions/audience/work-on-audience.lambda.ts',
  purpose: 'Counts whom a condition holds for, and runs broadcasts to them',
  ...working,
  // A page is a hundred leads, read whole.
  memory: 1024,
  queues: () => [{ maxConcurrency: 5, batchSize: 1 }],
  connect: (fn, { bus, leads, keys, timers, workOf }) => {
    bus.grantPublish(fn)
    leads.grantItems(fn, ['GetItem', 'BatchGetItem', 'PutItem', 'BatchWriteItem', 'Query'])
    leads.grantLists(fn)
    keys.grantSigning(fn)
    workOf(audience).grantContinue()
    // Broadcasts begin and go on at their time.
    timers.grantSchedule(fn, workOf(audience))
  },
}
