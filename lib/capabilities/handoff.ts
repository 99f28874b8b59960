import { emptyTeamMessage } from '../../functions/event-names.ts'
import { awaited, type Capability, eventsFor, working } from '../capability.ts'
import { watchLogLine } from '../constructs/watch-log-line.ts'
import { figures } from './figures.ts'

export const handoff: Capability = {
  name: 'handoff',
  entry: 'functions/handoff/hand-off-lead.lambda.ts',
  purpose: 'Hands qualified leads to salespeople',
  ...working,
  queues: () => [
    {
      // Whoever merges leads knows where none of them has qualified.
      events: {
        ...eventsFor('handoff'),
        detail: { $or: [awaited, { data: { merged: [{ exists: false }] } }] },
      },
      // All handoffs of a team take turns at one item.
      maxConcurrency: 2,
    },
  ],
  connect: (fn, { scope, bus, leads, keys, alarms, timers, workOf }) => {
    bus.grantPublish(fn)
    leads.grantItems(fn, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query'])
    keys.grantSigning(fn)
    timers.grantSchedule(fn, workOf(handoff))
    // A wake-up that Scheduler refuses waits here until it is taken.
    workOf(handoff).grantContinue()
    workOf(figures).grantSend(fn, 'FIGURES_QUEUE_URL')
    watchLogLine(scope, 'EmptyTeam', alarms, {
      from: fn,
      message: emptyTeamMessage,
      metricName: 'EmptyTeam',
      description: 'Everybody of a team was away or full when a lead came: it went to the default team.',
      runbook: 'No team member available',
    })
  },
}
