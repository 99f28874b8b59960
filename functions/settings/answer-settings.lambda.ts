import {
  makeMailClient,
  makeMembersClient,
  makeQueueClient,
  makeSecretsClient,
  makeTableClient,
} from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoAudit } from '../adapters/dynamo-audit.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { newApiKey, storedApiKeys } from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { dnsTexts, sesAccount } from '../adapters/ses-account.ts'
import { sqsDeadLetterCounts } from '../adapters/sqs.ts'
import { newFactId, systemClock } from '../adapters/system.ts'
import { userPool } from '../adapters/user-pool.ts'
import { apiApp } from '../api/api-route.ts'
import { perPlaybook } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { handleHttp } from '../http/handle-http.ts'
import { settingsRoutes } from './settings-routes.ts'

const environment = readEnvironment(process.env)
const { TABLE_NAME, API_KEYS_SECRET_ARN, USER_POOL_ID, WORKER_DEAD_LETTERS } = environment
const client = makeTableClient()
const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())
const ports = {
  sender: sesAccount(makeMailClient()),
  readTexts: dnsTexts(),
  apiKeys: storedApiKeys(makeSecretsClient(), API_KEYS_SECRET_ARN),
  members: userPool(makeMembersClient(), USER_POOL_ID),
  countDeadLetters: sqsDeadLetterCounts(makeQueueClient(), WORKER_DEAD_LETTERS),
  // An ARN names it.
  region: API_KEYS_SECRET_ARN.split(':')[3] ?? '',
  newKey: newApiKey,
}
const audit = { audit: dynamoAudit(client, TABLE_NAME), clock: systemClock, newId: newFactId }
const appUnder = perPlaybook((playbook) => apiApp(settingsRoutes, { ...ports, playbook }, { audit }))

export const handler = handleHttp(makeLogger('settings'), async () => appUnder(await playbooks.current()), {
  isCompact: true,
})
