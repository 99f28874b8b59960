import { makeBusClient, makeSecretsClient, makeTableClient } from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoHookDeals, dynamoHookFigures } from '../adapters/dynamo-hooks.ts'
import { dynamoLeads } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { hookSecrets, proveClaim } from '../adapters/hook-secrets.ts'
import { addressHasher, keyedFingerprint, readSecret } from '../adapters/link-keys.ts'
import { loggedBus, makeLogger, warnUnread } from '../adapters/logger.ts'
import { newLeadId, systemClock } from '../adapters/system.ts'
import { perPlaybook } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { handleHttp } from '../http/handle-http.ts'
import { recentPlaybook } from '../intake/submit-form.ts'
import { hookApp, isForConsole } from './hook-routes.ts'
import { leadOfAddress, makeTurnedAway } from './receive-delivery.ts'

const environment = readEnvironment(process.env)
const secrets = makeSecretsClient()
const secret = await readSecret(secrets, environment.SIGNING_SECRET_ARN)
const client = makeTableClient()
const tableName = environment.TABLE_NAME

const logger = makeLogger('hook')
const bundled = bundledPlaybook()
const playbooks = dynamoPlaybooks(client, tableName, bundled)
// Whoever floods an open address costs no read each.
const recent = recentPlaybook({
  current: playbooks.current,
  first: bundled,
  clock: systemClock,
  failed: warnUnread(logger),
})
const figures = dynamoHookFigures(client, tableName)
const leads = dynamoLeads({
  client,
  tableName,
  hashAddress: addressHasher(secret),
  newLeadId,
  readsLeads: false,
})
const ports = {
  bus: loggedBus(eventBridgeBus({ client: makeBusClient(), busName: environment.BUS_NAME }), logger),
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
const appUnder = perPlaybook((playbook) => hookApp({ ...ports, playbook }))

export const handler = handleHttp(logger, async (path) =>
  appUnder(await (isForConsole(path) ? playbooks.current() : recent())),
)
