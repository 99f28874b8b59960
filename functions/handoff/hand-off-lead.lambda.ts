import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { makeDocumentClient } from '../adapters/dynamo-client.ts'
import { dynamoHandoffs } from '../adapters/dynamo-handoffs.ts'
import { dynamoLeadLog } from '../adapters/dynamo-lead-log.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { makeLogger } from '../adapters/logger.ts'
import { sleepUpTo, systemClock } from '../adapters/system-clock.ts'
import { rulesOf } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { perPlaybook } from '../per-playbook.ts'
import { eachMessage } from '../queue/each-message.ts'
import { handleBatch } from '../queue/handle-batch.ts'
import { makeFollowQualification } from './follow-qualification.ts'

const { TABLE_NAME, BUS_NAME } = readEnvironment('handoff', process.env)
const client = makeDocumentClient()

const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())
const ports = {
  leads: dynamoLeadLog(client, TABLE_NAME),
  handoffs: dynamoHandoffs(client, TABLE_NAME),
  bus: eventBridgeBus({ client: new EventBridgeClient({}), busName: BUS_NAME }),
  clock: systemClock,
  pauseUpTo: sleepUpTo,
}
const followUnder = perPlaybook((playbook) => makeFollowQualification({ ...ports, rules: rulesOf(playbook) }))

export const handler = handleBatch(
  makeLogger('handoff'),
  eachMessage(async (body) => followUnder(await playbooks.current())(body)),
)
