import { makeBusClient, makeSecretsClient, makeTableClient } from '../adapters/aws-clients.ts'
import { bundledAssets, bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { digest } from '../adapters/digest.ts'
import { dynamoAssets } from '../adapters/dynamo-assets.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { mailboxMarks } from '../adapters/dynamo-sending.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import {
  apiKeyCheck,
  formStamps,
  readSecret,
  refreshed,
  refreshedLinkKeys,
  secretTokens,
} from '../adapters/link-keys.ts'
import { loggedBus, loggedTokens, makeLogger, warnMissed, warnUnread } from '../adapters/logger.ts'
import { newFactId, systemClock } from '../adapters/system.ts'
import { perPlaybook } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { handleHttp } from '../http/handle-http.ts'
import { intakeApp } from './intake-app.ts'
import { recentPlaybook } from './submit-form.ts'

const environment = readEnvironment(process.env)
const secrets = makeSecretsClient()
const [linkKeys, apiKeys] = await Promise.all([
  refreshedLinkKeys(
    secrets,
    { current: environment.LINK_KEYS_ARN, former: environment.FORMER_LINK_KEYS_ARN },
    systemClock,
  ),
  refreshed(async () => apiKeyCheck(await readSecret(secrets, environment.API_KEYS_SECRET_ARN)), systemClock),
])

const logger = makeLogger('intake')
const bundled = bundledPlaybook()
// Whoever fills in a form waits for no table that is slow: there is a playbook to go on with.
const client = makeTableClient({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1000 },
})
const playbooks = dynamoPlaybooks(client, environment.TABLE_NAME, bundled)
const current = recentPlaybook({
  current: playbooks.current,
  first: bundled,
  clock: systemClock,
  failed: warnUnread(logger),
})
const ports = {
  bus: loggedBus(eventBridgeBus({ client: makeBusClient(), busName: environment.BUS_NAME }), logger),
  clock: systemClock,
  tokens: loggedTokens(secretTokens(linkKeys.current), logger),
  stamps: formStamps(linkKeys.current),
  newFactId,
  digest,
  isMarkOf: mailboxMarks(linkKeys.current).isMarkOf,
  isApiKey: (key: string) => apiKeys.current()(key),
  missed: warnMissed(logger),
  publicUrl: environment.PUBLIC_URL,
  assets: dynamoAssets({ client, tableName: environment.TABLE_NAME, bundled: bundledAssets() }),
}
const appUnder = perPlaybook((playbook) => intakeApp({ ...ports, playbook }))

export const handler = handleHttp(logger, async () => {
  await Promise.all([linkKeys.refresh(), apiKeys.refresh()])
  return appUnder(await current())
})
