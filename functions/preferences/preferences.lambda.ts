import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { digest } from '../adapters/digest.ts'
import { makeDocumentClient } from '../adapters/dynamo-client.ts'
import { dynamoLeadLog } from '../adapters/dynamo-lead-log.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { refreshedLinkKeys } from '../adapters/link-keys.ts'
import { loggedBus, loggedTokens } from '../adapters/logged-ids.ts'
import { makeLogger } from '../adapters/logger.ts'
import { newFactId } from '../adapters/random-ids.ts'
import { secretTokens } from '../adapters/secret-tokens.ts'
import { systemClock as clock } from '../adapters/system-clock.ts'
import { readEnvironment } from '../environment.ts'
import { handleHttp } from '../http/handle-http.ts'
import type { Reply } from '../http/reply.ts'
import type { HttpRequest } from '../http/request.ts'
import { perPlaybook } from '../per-playbook.ts'
import { makeAnswerConfirmation } from './answer-confirmation.ts'
import { makeAnswerPreferences } from './answer-preferences.ts'

const environment = readEnvironment('preferences', process.env)
const { TABLE_NAME, BUS_NAME } = environment
const linkKeys = await refreshedLinkKeys(
  new SecretsManagerClient({}),
  { current: environment.LINK_KEYS_ARN, former: environment.FORMER_LINK_KEYS_ARN },
  clock,
)
const logger = makeLogger('preferences')
const tokens = loggedTokens(secretTokens(linkKeys.current), logger)
const client = makeDocumentClient()
const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())
const leads = dynamoLeadLog(client, TABLE_NAME)
const bus = loggedBus(eventBridgeBus({ client: new EventBridgeClient({}), busName: BUS_NAME }), logger)

const answerUnder = perPlaybook((playbook) => {
  const ports = { leads, bus, tokens, clock, playbook, newFactId, digest }
  const answerPreferences = makeAnswerPreferences(ports)
  const answerConfirmation = makeAnswerConfirmation(ports)
  return (request: HttpRequest): Promise<Reply> =>
    request.path.startsWith('/confirm/') ? answerConfirmation(request) : answerPreferences(request)
})

export const handler = handleHttp(logger, async (request) => {
  await linkKeys.refresh()
  return answerUnder(await playbooks.current())(request)
})
