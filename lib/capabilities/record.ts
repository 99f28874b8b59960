import type { EventPattern } from 'aws-cdk-lib/aws-events'
import { Duration } from 'aws-cdk-lib/core'
import { activityDetailType } from '../../functions/event-names.ts'
import { type Capability, share, working } from '../capability.ts'
import { figures } from './figures.ts'

const ofBrowsers = (exists: boolean): EventPattern => ({
  detailType: [activityDetailType],
  detail: { subject: { visitorId: [{ exists }] } },
})

export const record: Capability = {
  name: 'record',
  entry: 'functions/record/record-activities.lambda.ts',
  purpose: "Writes activities to the lead's log and commits what follows from them",
  ...working,
  queues: ({ config }) => [
    { events: ofBrowsers(false), maxConcurrency: share(config, 0.15) },
    // What anybody can send without an address waits in a line of its own: a flood of it holds up no sign-up.
    {
      id: 'BrowserWork',
      events: ofBrowsers(true),
      maxConcurrency: share(config, 0.05),
      // Nobody waits for what a browser has looked at.
      batchSize: 50,
      batchWindow: Duration.seconds(1),
    },
  ],
  connect: (fn, { bus, leads, keys, timers, workOf }) => {
    bus.grantPublish(fn)
    leads.grantItems(fn, ['GetItem', 'BatchGetItem', 'PutItem', 'BatchWriteItem', 'UpdateItem', 'Query'])
    keys.grantSigning(fn)
    keys.grantKeepingFormer(fn)
    // Leads cool without an activity, and clicks are held back for a moment.
    timers.grantSchedule(fn, workOf(record))
    workOf(record).grantContinue()
    workOf(figures).grantSend(fn, 'FIGURES_QUEUE_URL')
  },
}
