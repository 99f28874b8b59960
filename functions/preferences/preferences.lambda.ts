import { makeBusClient, makeSecretsClient, makeTableClient } from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { digest } from '../adapters/digest.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { refreshedLinkKeys, secretTokens } from '../adapters/link-keys.ts'
import { loggedBus, loggedTokens, makeLogger } from '../adapters/logger.ts'
import { systemClock as clock, newFactId } from '../adapters/system.ts'
import { perPlaybook } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { handleHttp } from '../http/handle-http.ts'
import { preferencesApp } from './confirm-consent.ts'

const environment = readEnvironment(process.env)
const { TABLE_NAME, BUS_NAME } = environment
const linkKeys = await refreshedLinkKeys(
  makeSecretsClient(),
  { current: environment.LINK_KEYS_ARN, former: environment.FORMER_LINK_KEYS_ARN },
  clock,
)
const logger = makeLogger('preferences')
const tokens = loggedTokens(secretTokens(linkKeys.current), logger)
const client = makeTableClient()
const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())
const leads = dynamoLeadLog(client, TABLE_NAME)
const bus = loggedBus(eventBridgeBus({ client: makeBusClient(), busName: BUS_NAME }), logger)

const appUnder = perPlaybook((playbook) =>
  preferencesApp({ leads, bus, tokens, clock, playbook, newFactId, digest }),
)

export const handler = handleHttp(logger, async () => {
  await linkKeys.refresh()
  return appUnder(await playbooks.current())
})
