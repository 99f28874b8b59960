import {
  makeBusClient,
  makeQueueClient,
  makeSecretsClient,
  makeTableClient,
} from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoDealLists } from '../adapters/dynamo-deals.ts'
import { dynamoAccounts, dynamoHandoffs, dynamoRounds } from '../adapters/dynamo-handoffs.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoConfirmationPlaces } from '../adapters/dynamo-sending.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { addressHasher, readSecret } from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { ownQueue } from '../adapters/own-queue.ts'
import { queueOf } from '../adapters/sqs.ts'
import { sleepUpTo, systemClock } from '../adapters/system.ts'
import { perPlaybook, rulesOf } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { emptyTeamMessage, timerRefusedMessage } from '../event-names.ts'
import { tellFigures } from '../figures/figures-message.ts'
import { eachMessage, handleBatch, warnRefused, withLateTimers } from '../queue/handle-batch.ts'
import { makeFollowQualification, readQualifiedAhead } from './hand-off-lead.ts'

const environment = readEnvironment(process.env)
const { TABLE_NAME, BUS_NAME } = environment
const hash = addressHasher(await readSecret(makeSecretsClient(), environment.SIGNING_SECRET_ARN))
const client = makeTableClient()
const logger = makeLogger('handoff')
const { timers } = ownQueue(environment, warnRefused(logger, timerRefusedMessage))

const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())
const ports = {
  leads: dynamoLeadLog(client, TABLE_NAME),
  handoffs: dynamoHandoffs(client, TABLE_NAME),
  rounds: dynamoRounds(client, TABLE_NAME),
  dealLists: dynamoDealLists(client, TABLE_NAME),
  accounts: dynamoAccounts({ client, tableName: TABLE_NAME, hash }),
  bus: eventBridgeBus({ client: makeBusClient(), busName: BUS_NAME }),
  timers,
  figures: tellFigures(queueOf(makeQueueClient(), environment.FIGURES_QUEUE_URL)),
  countUnconfirmed: dynamoConfirmationPlaces({ client, tableName: TABLE_NAME, hash }).count,
  clock: systemClock,
  pauseUpTo: sleepUpTo,
  alertEmptyTeam: (team: string, handoffId: string) => logger.warn(emptyTeamMessage, { team, handoffId }),
}
const followUnder = perPlaybook((playbook) => makeFollowQualification({ ...ports, rules: rulesOf(playbook) }))

export const handler = handleBatch(
  logger,
  withLateTimers(
    timers,
    eachMessage(async (body) => {
      const ahead = readQualifiedAhead(ports, body)
      return followUnder(await playbooks.current())(body, ahead)
    }),
  ),
)
