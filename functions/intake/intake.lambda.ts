import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { apiKeyCheck } from '../adapters/api-keys.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { digest } from '../adapters/digest.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { makeLogger } from '../adapters/logger.ts'
import { newFactId } from '../adapters/random-ids.ts'
import { secretTokens } from '../adapters/secret-tokens.ts'
import { readSecret } from '../adapters/secrets.ts'
import { systemClock } from '../adapters/system-clock.ts'
import { readEnvironment } from '../environment.ts'
import { handleHttp } from '../http/handle-http.ts'
import { makeAnswerRequest } from './answer-request.ts'

const environment = readEnvironment('intake', process.env)
const secrets = new SecretsManagerClient({})
const [signingSecret, apiKeys] = await Promise.all([
  readSecret(secrets, environment.SIGNING_SECRET_ARN),
  readSecret(secrets, environment.API_KEYS_SECRET_ARN),
])

export const handler = handleHttp(
  makeLogger('intake'),
  makeAnswerRequest({
    bus: eventBridgeBus({ client: new EventBridgeClient({}), busName: environment.BUS_NAME }),
    clock: systemClock,
    tokens: secretTokens(signingSecret),
    playbook: bundledPlaybook(),
    newFactId,
    digest,
    isApiKey: apiKeyCheck(apiKeys),
    publicUrl: environment.PUBLIC_URL,
  }),
)
