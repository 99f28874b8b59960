import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { addressHasher } from '../adapters/address-hash.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { makeDocumentClient } from '../adapters/dynamo-client.ts'
import { dynamoHookDeals } from '../adapters/dynamo-hook-deals.ts'
import { dynamoHookFigures } from '../adapters/dynamo-hook-figures.ts'
import { dynamoLeads } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { hookSecrets } from '../adapters/hook-secrets.ts'
import { proveClaim } from '../adapters/hook-signatures.ts'
import { keyedFingerprint } from '../adapters/keyed-fingerprint.ts'
import { loggedBus } from '../adapters/logged-ids.ts'
import { makeLogger } from '../adapters/logger.ts'
import { newLeadId } from '../adapters/random-ids.ts'
import { readSecret } from '../adapters/secrets.ts'
import { systemClock } from '../adapters/system-clock.ts'
import { readEnvironment } from '../environment.ts'
import { handleHttp } from '../http/handle-http.ts'
import { recentPlaybook } from '../intake/recent-playbook.ts'
import { perPlaybook } from '../per-playbook.ts'
import { isForConsole, makeAnswerHooks } from './answer-hooks.ts'
import { leadOfAddress } from './lead-of-address.ts'
import { makeTurnedAway } from './turned-away.ts'

const environment = readEnvironment('hook', process.env)
const secrets = new SecretsManagerClient({})
const secret = await readSecret(secrets, environment.SIGNING_SECRET_ARN)
const client = makeDocumentClient()
const tableName = environment.TABLE_NAME

const logger = makeLogger('hook')
const bundled = bundledPlaybook()
const playbooks = dynamoPlaybooks(client, tableName, bundled)
// Whoever floods an open address costs no read each.
const recent = recentPlaybook({
  current: playbooks.current,
  first: bundled,
  clock: systemClock,
  failed: (error) =>
    logger.warn(
      'the live playbook cannot be read',
      error instanceof Error ? error : new Error(String(error)),
    ),
})
const figures = dynamoHookFigures(client, tableName)
const leads = dynamoLeads({ client, tableName, hashAddress: addressHasher(secret), newLeadId })
const ports = {
  bus: loggedBus(
    eventBridgeBus({ client: new EventBridgeClient({}), busName: environment.BUS_NAME }),
    logger,
  ),
  clock: systemClock,
  deals: dynamoHookDeals(client, tableName),
  figures,
  fingerprint: keyedFingerprint(secret),
  leadOfAddress: leadOfAddress(leads),
  proves: proveClaim,
  publicUrl: environment.PUBLIC_URL,
  secretsOf: hookSecrets({ client: secrets, arn: environment.HOOK_SECRETS_ARN, clock: systemClock }),
  turnedAway: makeTurnedAway({ figures, clock: systemClock }),
}
const answerUnder = perPlaybook((playbook) => makeAnswerHooks({ ...ports, playbook }))

export const handler = handleHttp(logger, async (request) =>
  answerUnder(await (isForConsole(request) ? playbooks.current() : recent()))(request),
)
