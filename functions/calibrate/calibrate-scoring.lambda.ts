import { makeQueueClient, makeTableClient } from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoCalibrations, dynamoJudgedHandoffs } from '../adapters/dynamo-calibrations.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { makeLogger } from '../adapters/logger.ts'
import { queueOf } from '../adapters/sqs.ts'
import { systemClock } from '../adapters/system.ts'
import { readEnvironment } from '../environment.ts'
import { eachMessage, handleBatch } from '../queue/handle-batch.ts'
import { makeCalibrateScoring } from './calibrate-scoring.ts'

const { TABLE_NAME, QUEUE_URL } = readEnvironment(process.env)
const client = makeTableClient()

export const handler = handleBatch(
  makeLogger('calibrate'),
  eachMessage(
    makeCalibrateScoring({
      calibrations: dynamoCalibrations(client, TABLE_NAME),
      handoffs: dynamoJudgedHandoffs(client, TABLE_NAME),
      leads: dynamoLeadLog(client, TABLE_NAME),
      playbooks: dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook()),
      goOn: queueOf(makeQueueClient(), QUEUE_URL),
      clock: systemClock,
    }),
  ),
)
