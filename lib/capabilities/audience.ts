import { type Capability, working } from '../capability.ts'

/** Everybody for whom a condition holds, found page by page, several lanes side by side. */
export const audience: Capability = {
  name: 'audience',
  entry: 'functions/audience/work-on-audience.lambda.ts',
  purpose: 'Counts whom a condition holds for',
  ...working,
  // A page is a hundred leads, read whole.
  memory: 1024,
  queues: () => [{ maxConcurrency: 5, batchSize: 1 }],
  connect: (fn, { leads, keys, workOf }) => {
    leads.grantItems(fn, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query'])
    leads.grantLists(fn)
    keys.grantSigning(fn)
    workOf(audience).grantContinue()
  },
}
