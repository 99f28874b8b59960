import { makeBusClient, makeTableClient } from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoItems } from '../adapters/dynamo-items.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoRunList, dynamoRuns, dynamoSequenceStates } from '../adapters/dynamo-runs.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { makeLogger } from '../adapters/logger.ts'
import { ownQueue } from '../adapters/own-queue.ts'
import { systemClock } from '../adapters/system.ts'
import { readEnvironment } from '../environment.ts'
import { timerRefusedMessage } from '../event-names.ts'
import { eachMessage, handleBatch, makeCompany, warnRefused, withLateTimers } from '../queue/handle-batch.ts'
import { makeNurtureLead } from './nurture-lead.ts'

const environment = readEnvironment(process.env)
const logger = makeLogger('nurture')
const { enqueue, timers } = ownQueue(environment, warnRefused(logger, timerRefusedMessage))
const documents = makeTableClient()

const company = makeCompany()
dynamoItems(documents, environment.TABLE_NAME).gather(company.gather)

export const handler = handleBatch(
  logger,
  withLateTimers(
    timers,
    company.of(
      eachMessage(
        makeNurtureLead({
          leads: dynamoLeadLog(documents, environment.TABLE_NAME),
          runs: dynamoRuns(documents, environment.TABLE_NAME),
          runList: dynamoRunList(documents, environment.TABLE_NAME),
          sequences: dynamoSequenceStates(documents, environment.TABLE_NAME),
          enqueueNurture: enqueue,
          playbooks: dynamoPlaybooks(documents, environment.TABLE_NAME, bundledPlaybook()),
          bus: eventBridgeBus({
            client: makeBusClient(),
            busName: environment.BUS_NAME,
            gather: company.gather,
          }),
          timers,
          clock: systemClock,
        }),
      ),
    ),
  ),
)
