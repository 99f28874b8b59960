import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { makeDocumentClient } from '../adapters/dynamo-client.ts'
import { dynamoHandoffs } from '../adapters/dynamo-handoffs.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { makeLogger } from '../adapters/logger.ts'
import { secretTokens } from '../adapters/secret-tokens.ts'
import { readSecret } from '../adapters/secrets.ts'
import { systemClock as clock } from '../adapters/system-clock.ts'
import { readEnvironment } from '../environment.ts'
import { makeAnswerHandoff } from '../handoff/answer-handoff.ts'
import { handleHttp } from '../http/handle-http.ts'
import { makeAnswerByLink } from './answer-by-link.ts'
import { makeReplyToAnswer } from './reply-to-answer.ts'

const { TABLE_NAME, BUS_NAME, SIGNING_SECRET_ARN } = readEnvironment('answer', process.env)
const playbook = bundledPlaybook()
const tokens = secretTokens(await readSecret(new SecretsManagerClient({}), SIGNING_SECRET_ARN))
const handoffs = dynamoHandoffs(makeDocumentClient(), TABLE_NAME)
const bus = eventBridgeBus({ client: new EventBridgeClient({}), busName: BUS_NAME })
const answer = makeAnswerHandoff({ handoffs, bus, clock, rules: playbook.handoff })
const answerByLink = makeAnswerByLink({ handoffs, answer, tokens, clock, playbook })
const reply = makeReplyToAnswer(playbook.settings)

export const handler = handleHttp(makeLogger('answer'), async (request) => reply(await answerByLink(request)))
