import { makeBusClient, makeQueueClient, makeTableClient } from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoHandoffs } from '../adapters/dynamo-handoffs.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoReviews } from '../adapters/dynamo-reviews.ts'
import { dynamoRuns } from '../adapters/dynamo-runs.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { makeLogger } from '../adapters/logger.ts'
import { queueOf } from '../adapters/sqs.ts'
import { systemClock } from '../adapters/system.ts'
import { readEnvironment } from '../environment.ts'
import { eachMessage, handleBatch } from '../queue/handle-batch.ts'
import { makeReviewLeads } from './review-leads.ts'

const { TABLE_NAME, BUS_NAME, QUEUE_URL } = readEnvironment(process.env)
const client = makeTableClient()
const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())

export const handler = handleBatch(
  makeLogger('retain'),
  eachMessage(
    makeReviewLeads({
      leads: dynamoLeadLog(client, TABLE_NAME),
      runs: dynamoRuns(client, TABLE_NAME),
      handoffs: dynamoHandoffs(client, TABLE_NAME),
      reviews: dynamoReviews(client, TABLE_NAME),
      bus: eventBridgeBus({ client: makeBusClient(), busName: BUS_NAME }),
      retention: async () => (await playbooks.current()).settings.retention,
      goOn: queueOf(makeQueueClient(), QUEUE_URL),
      clock: systemClock,
    }),
  ),
)
