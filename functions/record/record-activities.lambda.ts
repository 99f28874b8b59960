import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { compileRules } from '../../domain/playbook/rules.ts'
import { addressHasher } from '../adapters/address-hash.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { makeDocumentClient } from '../adapters/dynamo-client.ts'
import { dynamoLeads } from '../adapters/dynamo-leads.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { makeLogger } from '../adapters/logger.ts'
import { newLeadId } from '../adapters/random-ids.ts'
import { readSecret } from '../adapters/secrets.ts'
import { sleepUpTo, systemClock } from '../adapters/system-clock.ts'
import { readEnvironment } from '../environment.ts'
import { handleBatch } from '../queue/handle-batch.ts'
import { makeRecordActivities } from './record-activities.ts'

const environment = readEnvironment('record', process.env)
const signingSecret = await readSecret(new SecretsManagerClient({}), environment.SIGNING_SECRET_ARN)

export const handler = handleBatch(
  makeLogger('record'),
  makeRecordActivities({
    leads: dynamoLeads({
      client: makeDocumentClient(),
      tableName: environment.TABLE_NAME,
      hashAddress: addressHasher(signingSecret),
      newLeadId,
    }),
    bus: eventBridgeBus({ client: new EventBridgeClient({}), busName: environment.BUS_NAME }),
    clock: systemClock,
    rules: compileRules(bundledPlaybook()),
    pauseUpTo: sleepUpTo,
  }),
)
