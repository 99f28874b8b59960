import { partitions } from '../../functions/table-schema.ts'
import { type Capability, working } from '../capability.ts'
import { beginByCalendar } from '../constructs/begin-by-calendar.ts'

export const retain: Capability = {
  name: 'retain',
  entry: 'functions/retain/review-leads.lambda.ts',
  purpose: 'Looks whether people are still to be kept',
  ...working,
  // The calendar asks, whatever happens: it takes no events.
  queues: () => [{ maxConcurrency: 2, batchSize: 1 }],
  connect: (fn, { scope, bus, leads, workOf }) => {
    bus.grantPublish(fn)
    leads.grantLeads(fn)
    leads.grantWriting(fn, ['UpdateItem', 'DeleteItem'], [partitions.lead('*')])
    leads.grantLists(fn)
    workOf(retain).grantContinue()
    beginByCalendar(scope, {
      id: 'Retain',
      description: 'Looks daily whether people are still to be kept',
      // At night in Europe, when little else is to be done.
      cron: 'cron(0 2 * * ? *)',
      message: { type: 'due' },
      work: workOf(retain),
    })
  },
}
