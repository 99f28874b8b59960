import { makeDocumentClient, makeObjectClient, makeQueueClient } from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoCosts, dynamoHistories } from '../adapters/dynamo-histories.ts'
import { dynamoLeadPages } from '../adapters/dynamo-lead-list.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { makeLogger } from '../adapters/logger.ts'
import { leadLanes } from '../adapters/ranked-lists.ts'
import { dynamoRebuilds, s3Rows } from '../adapters/s3-rows.ts'
import { queueOf } from '../adapters/sqs.ts'
import { sleepUpTo, systemClock } from '../adapters/system.ts'
import { rulesOf } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { handleBatch } from '../queue/handle-batch.ts'
import { makeUpdateFigures } from './update-figures.ts'

const { TABLE_NAME, QUEUE_URL, ROWS_BUCKET } = readEnvironment(process.env)
const client = makeDocumentClient()
const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())

export const handler = handleBatch(
  makeLogger('figures'),
  makeUpdateFigures({
    store: s3Rows({
      objects: makeObjectClient(),
      bucket: ROWS_BUCKET,
      client,
      tableName: TABLE_NAME,
      clock: systemClock,
    }),
    readHistory: dynamoHistories(client, TABLE_NAME),
    costs: dynamoCosts(client, TABLE_NAME),
    list: dynamoLeadPages(client, TABLE_NAME, systemClock),
    lanes: leadLanes,
    rebuilds: dynamoRebuilds(client, TABLE_NAME),
    goOn: queueOf(makeQueueClient(), QUEUE_URL),
    currentRules: async () => rulesOf(await playbooks.current()),
    clock: systemClock,
    pauseUpTo: sleepUpTo,
  }),
)
