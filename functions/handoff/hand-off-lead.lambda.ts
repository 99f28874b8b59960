import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { compileRules } from '../../domain/playbook/rules.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { makeDocumentClient } from '../adapters/dynamo-client.ts'
import { dynamoHandoffs } from '../adapters/dynamo-handoffs.ts'
import { dynamoLeadLog } from '../adapters/dynamo-lead-log.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { makeLogger } from '../adapters/logger.ts'
import { sleepUpTo, systemClock } from '../adapters/system-clock.ts'
import { readEnvironment } from '../environment.ts'
import { eachMessage } from '../queue/each-message.ts'
import { handleBatch } from '../queue/handle-batch.ts'
import { makeHandOffLead } from './hand-off-lead.ts'
import { qualifiedOf } from './qualified-of.ts'

const { TABLE_NAME, BUS_NAME } = readEnvironment('handoff', process.env)
const client = makeDocumentClient()

const handOffLead = makeHandOffLead({
  leads: dynamoLeadLog(client, TABLE_NAME),
  handoffs: dynamoHandoffs(client, TABLE_NAME),
  bus: eventBridgeBus({ client: new EventBridgeClient({}), busName: BUS_NAME }),
  clock: systemClock,
  rules: compileRules(bundledPlaybook()),
  pauseUpTo: sleepUpTo,
})

export const handler = handleBatch(
  makeLogger('handoff'),
  eachMessage((body) => handOffLead(qualifiedOf(body))),
)
