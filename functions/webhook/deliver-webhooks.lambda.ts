import { makeSecretsClient, makeTableClient } from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoDeliveries, dynamoDeliveryLists, dynamoEndpointStates } from '../adapters/dynamo-deliveries.ts'
import { dynamoHandoffs } from '../adapters/dynamo-handoffs.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { webhookSecrets } from '../adapters/hook-secrets.ts'
import { httpWebhook, isLoopbackUrl } from '../adapters/http-webhook.ts'
import { readSecret } from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { ownQueue } from '../adapters/own-queue.ts'
import { systemClock } from '../adapters/system.ts'
import { readEnvironment } from '../environment.ts'
import { timerRefusedMessage, webhookFailedMessage } from '../event-names.ts'
import { eachMessage, handleBatch, warnRefused, withLateTimers } from '../queue/handle-batch.ts'
import { makeGatherBackground, makeSetAttempt } from './attempt-delivery.ts'
import { makeDeliverWebhooks } from './deliver-webhooks.ts'

const environment = readEnvironment(process.env)
const { TABLE_NAME } = environment
const client = makeTableClient()
const logger = makeLogger('webhook')
const leads = dynamoLeadLog(client, TABLE_NAME)
const handoffs = dynamoHandoffs(client, TABLE_NAME)
const { enqueue, timers } = ownQueue(environment, warnRefused(logger, timerRefusedMessage))

const deliverWebhooks = makeDeliverWebhooks({
  leads,
  handoffs,
  deliveries: dynamoDeliveries(client, TABLE_NAME),
  lists: dynamoDeliveryLists(client, TABLE_NAME),
  endpoints: dynamoEndpointStates(client, TABLE_NAME),
  playbooks: dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook()),
  secrets: webhookSecrets(await readSecret(makeSecretsClient(), environment.SIGNING_SECRET_ARN)),
  // Where AWS itself stands on this machine, so may those who are told.
  post: httpWebhook({ allowLoopback: isLoopbackUrl(process.env.AWS_ENDPOINT_URL) }),
  queue: enqueue,
  clock: systemClock,
  chance: Math.random,
  warn: (details) => logger.warn(webhookFailedMessage, { ...details }),
  setAttempt: makeSetAttempt({ queue: enqueue, timers, clock: systemClock }),
  gatherBackground: makeGatherBackground({ leads, handoffs, publicUrl: environment.PUBLIC_URL }),
})

export const handler = handleBatch(logger, withLateTimers(timers, eachMessage(deliverWebhooks)))
