import type { DecisionType } from '../../domain/model/decision.ts'
import { type Capability, published, share, working } from '../capability.ts'

/** What sequences begin with, and what tells that sales has given a lead back, won it or closed it. */
const events: readonly DecisionType[] = [
  'StageAdvanced',
  'ActivityRecorded',
  'SequenceTriggered',
  'LeadRecycled',
  'LeadClosed',
  'QualificationWithdrawn',
  'DealWon',
  'DealLost',
]

export const nurture: Capability = {
  name: 'nurture',
  entry: 'functions/nurture/nurture-lead.lambda.ts',
  purpose: 'Moves leads through sequences',
  ...working,
  queues: ({ config }) => [{ events: published(...events), maxConcurrency: share(config, 0.08) }],
  connect: (fn, { bus, leads, wakeUps, workOf }) => {
    bus.grantPublish(fn)
    leads.grantItems(fn, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query'])
    leads.grantLists(fn)
    wakeUps.grantSchedule(fn, workOf(nurture))
    // What is about all runs of a sequence goes on run by run.
    workOf(nurture).grantContinue()
  },
}
