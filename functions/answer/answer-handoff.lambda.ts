import {
  makeBusClient,
  makeQueueClient,
  makeSecretsClient,
  makeTableClient,
} from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoAudit } from '../adapters/dynamo-audit.ts'
import { dynamoHandoffs } from '../adapters/dynamo-handoffs.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { refreshedLinkKeys, secretTokens } from '../adapters/link-keys.ts'
import { loggedBus, loggedTokens, makeLogger } from '../adapters/logger.ts'
import { queueOf } from '../adapters/sqs.ts'
import { systemClock as clock, newFactId } from '../adapters/system.ts'
import { perPlaybook } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { makeAnswerHandoff } from '../handoff/answer-handoff.ts'
import { handleHttp } from '../http/handle-http.ts'
import { answerApp } from './answer-by-link.ts'

const environment = readEnvironment(process.env)
const { TABLE_NAME, BUS_NAME } = environment
const linkKeys = await refreshedLinkKeys(
  makeSecretsClient(),
  { current: environment.LINK_KEYS_ARN, former: environment.FORMER_LINK_KEYS_ARN },
  clock,
)
const logger = makeLogger('answer')
const tokens = loggedTokens(secretTokens(linkKeys.current), logger)
const enqueueHandoff = queueOf(makeQueueClient(), environment.HANDOFF_QUEUE_URL)
const client = makeTableClient()
const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())
const handoffs = dynamoHandoffs(client, TABLE_NAME)
const leads = dynamoLeadLog(client, TABLE_NAME)
const audit = dynamoAudit(client, TABLE_NAME)
const bus = loggedBus(eventBridgeBus({ client: makeBusClient(), busName: BUS_NAME }), logger)

const appUnder = perPlaybook((playbook) => {
  const answer = makeAnswerHandoff({ handoffs, bus, enqueueHandoff, clock, rules: playbook.handoff })
  return answerApp({ leads, handoffs, answer, tokens, clock, playbook, audit, newId: newFactId })
})

export const handler = handleHttp(logger, async () => {
  await linkKeys.refresh()
  return appUnder(await playbooks.current())
})
