import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { makeDocumentClient } from '../adapters/dynamo-client.ts'
import { dynamoSends } from '../adapters/dynamo-sends.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { makeLogger } from '../adapters/logger.ts'
import { readEnvironment } from '../environment.ts'
import { handleBatch } from '../queue/handle-batch.ts'
import { makeReceiveFeedback } from './receive-feedback.ts'

const environment = readEnvironment('feedback', process.env)

export const handler = handleBatch(
  makeLogger('feedback'),
  makeReceiveFeedback({
    sends: dynamoSends(makeDocumentClient(), environment.TABLE_NAME),
    bus: eventBridgeBus({ client: new EventBridgeClient({}), busName: environment.BUS_NAME }),
  }),
)
