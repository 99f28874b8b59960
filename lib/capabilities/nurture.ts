import { awaited, type Capability, eventsFor, share, working } from '../capability.ts'

export const nurture: Capability = {
  name: 'nurture',
  entry: 'functions/nurture/nurture-lead.lambda.ts',
  purpose: 'Moves leads through sequences',
  ...working,
  queues: ({ config }) => [
    {
      // Whoever decides it knows where no sequence begins with it.
      events: { ...eventsFor('nurture'), detail: awaited },
      maxConcurrency: share(config, 0.08),
    },
  ],
  connect: (fn, { bus, leads, timers, workOf }) => {
    bus.grantPublish(fn)
    leads.grantItems(fn, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query'])
    leads.grantLists(fn)
    timers.grantSchedule(fn, workOf(nurture))
    // What is about all runs of a sequence is done run by run.
    workOf(nurture).grantContinue()
  },
}
