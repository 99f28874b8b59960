import * as z from 'zod/mini'
import { makeBusClient, makeSecretsClient, makeTableClient } from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoCountLanes } from '../adapters/dynamo-audiences.ts'
import {
  dynamoBroadcastMembers,
  dynamoBroadcastParts,
  dynamoBroadcasts,
} from '../adapters/dynamo-broadcasts.ts'
import { dynamoEmailFigures } from '../adapters/dynamo-email-figures.ts'
import { dynamoLeadPages } from '../adapters/dynamo-lead-list.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoSuppressions, suppressedMailboxes } from '../adapters/dynamo-sending.ts'
import { dynamoSends } from '../adapters/dynamo-sends.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { addressHasher, readSecret } from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { ownQueue } from '../adapters/own-queue.ts'
import { leadLanes } from '../adapters/ranked-lists.ts'
import { systemClock } from '../adapters/system.ts'
import { broadcastMessageSchema, makeRunBroadcast } from '../broadcast/run-broadcast.ts'
import { perPlaybook, rulesOf } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { timerRefusedMessage } from '../event-names.ts'
import { eachMessage, handleBatch, warnRefused, withLateTimers } from '../queue/handle-batch.ts'
import { countMessageSchema, makeTakeCount } from './count-audience.ts'

const environment = readEnvironment(process.env)
const { TABLE_NAME } = environment
const secret = await readSecret(makeSecretsClient(), environment.SIGNING_SECRET_ARN)
const client = makeTableClient()
const logger = makeLogger('audience')
const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())
const bus = eventBridgeBus({ client: makeBusClient(), busName: environment.BUS_NAME })
const { enqueue, timers } = ownQueue(environment, warnRefused(logger, timerRefusedMessage))

const ports = {
  lanes: leadLanes,
  list: dynamoLeadPages(client, TABLE_NAME, systemClock),
  leads: dynamoLeadLog(client, TABLE_NAME),
  sends: dynamoSends(client, TABLE_NAME),
  ...suppressedMailboxes(dynamoSuppressions(client, TABLE_NAME), addressHasher(secret)),
  counts: dynamoCountLanes(client, TABLE_NAME),
  broadcasts: dynamoBroadcasts(client, TABLE_NAME),
  parts: dynamoBroadcastParts(client, TABLE_NAME),
  members: dynamoBroadcastMembers(client, TABLE_NAME),
  emailFigures: dynamoEmailFigures(client, TABLE_NAME),
  playbooks,
  bus,
  announce: bus.announce,
  enqueueAudience: enqueue,
  timers,
  clock: systemClock,
}

const workUnder = perPlaybook((playbook) => {
  const rules = rulesOf(playbook)
  return {
    takeCount: makeTakeCount({ ...ports, rules }),
    runBroadcast: makeRunBroadcast({ ...ports, rules }),
  }
})

export const handler = handleBatch(
  logger,
  withLateTimers(
    timers,
    eachMessage(async (body) => {
      const { takeCount, runBroadcast } = workUnder(await playbooks.current())
      const count = z.safeParse(countMessageSchema, body)
      return count.success ? takeCount(count.data) : runBroadcast(z.parse(broadcastMessageSchema, body))
    }),
  ),
)
