import { SchedulerClient } from '@aws-sdk/client-scheduler'
import { SQSClient } from '@aws-sdk/client-sqs'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { makeDocumentClient } from '../adapters/dynamo-items.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoRunList, dynamoRuns, dynamoSequenceStates } from '../adapters/dynamo-runs.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { makeLogger } from '../adapters/logger.ts'
import { schedulerTimers } from '../adapters/scheduler-timers.ts'
import { queueOf } from '../adapters/sqs.ts'
import { systemClock } from '../adapters/system.ts'
import { readEnvironment } from '../environment.ts'
import { timerRefusedMessage } from '../event-names.ts'
import { eachMessage, handleBatch, warnRefused, withLateTimers } from '../queue/handle-batch.ts'
import { makeNurtureLead } from './nurture-lead.ts'

const environment = readEnvironment(process.env)
const logger = makeLogger('nurture')
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
const documents = makeDocumentClient()

export const handler = handleBatch(
  logger,
  withLateTimers(
    { ...timers, clock: systemClock },
    eachMessage(
      makeNurtureLead({
        leads: dynamoLeadLog(documents, environment.TABLE_NAME),
        runs: dynamoRuns(documents, environment.TABLE_NAME),
        runList: dynamoRunList(documents, environment.TABLE_NAME),
        sequences: dynamoSequenceStates(documents, environment.TABLE_NAME),
        enqueueNurture: ownQueue,
        playbooks: dynamoPlaybooks(documents, environment.TABLE_NAME, bundledPlaybook()),
        bus: eventBridgeBus({ busName: environment.BUS_NAME }),
        timers,
        clock: systemClock,
      }),
    ),
  ),
)
