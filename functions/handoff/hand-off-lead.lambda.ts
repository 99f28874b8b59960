import { SchedulerClient } from '@aws-sdk/client-scheduler'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoAccounts, dynamoHandoffs, dynamoRounds } from '../adapters/dynamo-handoffs.ts'
import { makeDocumentClient } from '../adapters/dynamo-items.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoConfirmationPlaces } from '../adapters/dynamo-sending.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { addressHasher, readSecret } from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { schedulerTimers } from '../adapters/scheduler-timers.ts'
import { queueOf } from '../adapters/sqs.ts'
import { sleepUpTo, systemClock } from '../adapters/system.ts'
import { perPlaybook, rulesOf } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { emptyTeamMessage, timerRefusedMessage } from '../event-names.ts'
import { eachMessage, handleBatch, warnRefused, withLateTimers } from '../queue/handle-batch.ts'
import { makeFollowQualification } from './hand-off-lead.ts'

const environment = readEnvironment(process.env)
const { TABLE_NAME, BUS_NAME } = environment
const hash = addressHasher(await readSecret(new SecretsManagerClient({}), environment.SIGNING_SECRET_ARN))
const client = makeDocumentClient()
const logger = makeLogger('handoff')
const ownQueue = queueOf(new SQSClient({}), environment.QUEUE_URL)
const timers = schedulerTimers({
  client: new SchedulerClient({}),
  group: environment.SCHEDULE_GROUP,
  queueArn: environment.QUEUE_ARN,
  deadLettersArn: environment.DEAD_LETTERS_ARN,
  roleArn: environment.SCHEDULE_ROLE_ARN,
  later: ownQueue,
  clock: systemClock,
  warn: warnRefused(logger, timerRefusedMessage),
})

const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())
const ports = {
  leads: dynamoLeadLog(client, TABLE_NAME),
  handoffs: dynamoHandoffs(client, TABLE_NAME),
  rounds: dynamoRounds(client, TABLE_NAME),
  accounts: dynamoAccounts({ client, tableName: TABLE_NAME, hash }),
  bus: eventBridgeBus({ busName: BUS_NAME }),
  timers,
  countUnconfirmed: dynamoConfirmationPlaces({ client, tableName: TABLE_NAME, hash }).count,
  clock: systemClock,
  pauseUpTo: sleepUpTo,
  alertEmptyTeam: (team: string, handoffId: string) => logger.warn(emptyTeamMessage, { team, handoffId }),
}
const followUnder = perPlaybook((playbook) => makeFollowQualification({ ...ports, rules: rulesOf(playbook) }))

export const handler = handleBatch(
  logger,
  withLateTimers(
    { ...timers, clock: systemClock },
    eachMessage(async (body) => followUnder(await playbooks.current())(body)),
  ),
)
