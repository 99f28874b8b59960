import {
  makeBusClient,
  makeMailClient,
  makeObjectClient,
  makeQueueClient,
  makeSchedulerClient,
  makeSecretsClient,
  makeTableClient,
} from '../adapters/aws-clients.ts'
import { dynamoDeliveries } from '../adapters/dynamo-deliveries.ts'
import { dynamoHandoffs } from '../adapters/dynamo-handoffs.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoBrowsers } from '../adapters/dynamo-pointers.ts'
import { dynamoRemains } from '../adapters/dynamo-remains.ts'
import { dynamoRuns } from '../adapters/dynamo-runs.ts'
import { dynamoSuppressions } from '../adapters/dynamo-sending.ts'
import { dynamoSends } from '../adapters/dynamo-sends.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { addressHasher, browserName, readSecret } from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { s3Rows } from '../adapters/s3-rows.ts'
import { schedulerCancel } from '../adapters/scheduler-timers.ts'
import { sesSuppressions } from '../adapters/ses.ts'
import { queueOf, sqsDeadLetters } from '../adapters/sqs.ts'
import { sleep, systemClock } from '../adapters/system.ts'
import { readEnvironment } from '../environment.ts'
import { makeForgetRows } from '../figures/forget-rows.ts'
import { eachMessage, handleBatch } from '../queue/handle-batch.ts'
import { makeEraseLead, parseMessage } from './erase-lead.ts'

const environment = readEnvironment(process.env)
const tableName = environment.TABLE_NAME
const client = makeTableClient()
const sqs = makeQueueClient()
const ownQueue = queueOf(sqs, environment.QUEUE_URL)
const hashAddress = addressHasher(await readSecret(makeSecretsClient(), environment.SIGNING_SECRET_ARN))

const eraseLead = makeEraseLead({
  leads: dynamoLeadLog(client, tableName),
  runs: dynamoRuns(client, tableName),
  sends: dynamoSends(client, tableName),
  deliveries: dynamoDeliveries(client, tableName),
  handoffs: dynamoHandoffs(client, tableName),
  browsers: dynamoBrowsers(client, tableName),
  remains: dynamoRemains(client, tableName),
  timers: schedulerCancel(makeSchedulerClient(), environment.SCHEDULE_GROUP),
  suppressions: dynamoSuppressions(client, tableName),
  provider: sesSuppressions(makeMailClient()),
  forgetRows: makeForgetRows({
    store: s3Rows({
      objects: makeObjectClient(),
      bucket: environment.ROWS_BUCKET,
      client,
      tableName,
      clock: systemClock,
    }),
    clock: systemClock,
  }),
  deadLetters: environment.DEAD_LETTER_URLS.split(',').map((url) => sqsDeadLetters(sqs, url)),
  bus: eventBridgeBus({ client: makeBusClient(), busName: environment.BUS_NAME }),
  hashAddress,
  hashBrowser: (visitorId) => hashAddress(browserName(visitorId)),
  pause: sleep,
  sweepLater: ({ names, ...sweep }, seconds) =>
    ownQueue({ type: 'sweep', ...sweep, names: [...names] }, seconds),
})

export const handler = handleBatch(
  makeLogger('erase'),
  eachMessage((body) => eraseLead(parseMessage(body))),
)
