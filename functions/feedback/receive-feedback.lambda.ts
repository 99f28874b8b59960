import {
  makeBusClient,
  makeQueueClient,
  makeSecretsClient,
  makeTableClient,
} from '../adapters/aws-clients.ts'
import { dynamoSendReports } from '../adapters/dynamo-email-figures.ts'
import {
  dynamoSendingFigures,
  dynamoSendingStates,
  dynamoSuppressions,
  suppressedMailboxes,
} from '../adapters/dynamo-sending.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { addressHasher, readSecret } from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { queueAllOf } from '../adapters/sqs.ts'
import { systemClock } from '../adapters/system.ts'
import { makeGuardSending } from '../deliverability/guard-sending.ts'
import { readEnvironment } from '../environment.ts'
import { confirmationsPausedMessage, sendingPausedMessage } from '../event-names.ts'
import { handleBatch } from '../queue/handle-batch.ts'
import { reportedMessages } from '../record/reported-message.ts'
import { makeReceiveFeedback } from './receive-feedback.ts'

const { TABLE_NAME, BUS_NAME, SIGNING_SECRET_ARN, RECORD_QUEUE_URL } = readEnvironment(process.env)
const logger = makeLogger('feedback')
const client = makeTableClient()
const secret = await readSecret(makeSecretsClient(), SIGNING_SECRET_ARN)
const bus = eventBridgeBus({ client: makeBusClient(), busName: BUS_NAME })
const enqueue = queueAllOf(makeQueueClient(), RECORD_QUEUE_URL)
const figures = dynamoSendingFigures(client, TABLE_NAME)

export const handler = handleBatch(
  logger,
  makeReceiveFeedback({
    reports: dynamoSendReports(client, TABLE_NAME),
    figures,
    suppress: suppressedMailboxes(dynamoSuppressions(client, TABLE_NAME), addressHasher(secret)).suppress,
    guardSending: makeGuardSending({
      figures,
      states: dynamoSendingStates(client, TABLE_NAME),
      announce: bus.announce,
      clock: systemClock,
      warn: (because, stream) =>
        logger.warn(stream === 'marketing' ? sendingPausedMessage : confirmationsPausedMessage, { because }),
    }),
    bus,
    record: (reported) => enqueue(reportedMessages(reported)),
    warn: (message, about) => logger.warn(message, about),
  }),
)
