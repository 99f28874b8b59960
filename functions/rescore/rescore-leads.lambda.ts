import { makeBusClient, makeQueueClient, makeTableClient } from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoLeadPages } from '../adapters/dynamo-lead-list.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoRescoreJobs, dynamoReviews } from '../adapters/dynamo-reviews.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { makeLogger } from '../adapters/logger.ts'
import { leadLanes } from '../adapters/ranked-lists.ts'
import { queueOf } from '../adapters/sqs.ts'
import { sleepUpTo, systemClock } from '../adapters/system.ts'
import { readEnvironment } from '../environment.ts'
import { tellFigures } from '../figures/figures-message.ts'
import { eachMessage, handleBatch } from '../queue/handle-batch.ts'
import { makeRescoreLeads } from './rescore-leads.ts'

const { TABLE_NAME, BUS_NAME, QUEUE_URL, RECORD_QUEUE_URL, FIGURES_QUEUE_URL } = readEnvironment(process.env)
const client = makeTableClient()
const queues = makeQueueClient()
const enqueueRecord = queueOf(queues, RECORD_QUEUE_URL)

export const handler = handleBatch(
  makeLogger('rescore'),
  eachMessage(
    makeRescoreLeads({
      leads: dynamoLeadLog(client, TABLE_NAME),
      list: dynamoLeadPages(client, TABLE_NAME, systemClock),
      lanes: leadLanes,
      reviews: dynamoReviews(client, TABLE_NAME),
      jobs: dynamoRescoreJobs(client, TABLE_NAME),
      playbooks: dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook()),
      bus: eventBridgeBus({ client: makeBusClient(), busName: BUS_NAME }),
      goOn: queueOf(queues, QUEUE_URL),
      figures: tellFigures(queueOf(queues, FIGURES_QUEUE_URL)),
      leadTimers: { later: (timer, seconds) => enqueueRecord({ type: 'wake', ...timer }, seconds) },
      clock: systemClock,
      pauseUpTo: sleepUpTo,
    }),
  ),
)
