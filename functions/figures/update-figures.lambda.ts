import {
  makeMailClient,
  makeObjectClient,
  makeQueueClient,
  makeTableClient,
} from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { keepListed } from '../adapters/dynamo-directory.ts'
import { dynamoCosts, dynamoHistories } from '../adapters/dynamo-histories.ts'
import { countListedLeads, dynamoLeadKeys } from '../adapters/dynamo-lead-list.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoRebuilds } from '../adapters/dynamo-rebuilds.ts'
import { makeLogger } from '../adapters/logger.ts'
import { dynamoReportClaims, s3Rows } from '../adapters/s3-rows.ts'
import { sesMailer } from '../adapters/ses.ts'
import { queueOf } from '../adapters/sqs.ts'
import { sleepUpTo, systemClock } from '../adapters/system.ts'
import { rulesOf } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { makeReadColumns } from '../kpi/read-rows.ts'
import { handleBatch } from '../queue/handle-batch.ts'
import { makeSendReport } from './send-report.ts'
import { makeUpdateFigures } from './update-figures.ts'

const { TABLE_NAME, QUEUE_URL, ROWS_BUCKET, CONFIGURATION_SET } = readEnvironment(process.env)
const client = makeTableClient()
const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())
const goOn = queueOf(makeQueueClient(), QUEUE_URL)
const rebuilds = dynamoRebuilds(client, TABLE_NAME)
const store = s3Rows({
  objects: makeObjectClient(),
  bucket: ROWS_BUCKET,
  client,
  tableName: TABLE_NAME,
  clock: systemClock,
})
const sendReport = makeSendReport({
  readColumns: makeReadColumns({
    store,
    rebuilds,
    countLeads: countListedLeads(client, TABLE_NAME),
    enqueue: goOn,
  }),
  playbooks,
  // One attempt: after a lost answer nobody knows whether SES has taken it.
  mailer: sesMailer({
    client: makeMailClient({ maxAttempts: 1 }),
    configurationSet: CONFIGURATION_SET,
  }),
  claims: dynamoReportClaims(client, TABLE_NAME, systemClock),
  goOn,
  clock: systemClock,
})

export const handler = handleBatch(
  makeLogger('figures'),
  makeUpdateFigures({
    store,
    readHistory: dynamoHistories(client, TABLE_NAME),
    keepListed: keepListed(client, TABLE_NAME),
    costs: dynamoCosts(client, TABLE_NAME),
    keys: dynamoLeadKeys(client, TABLE_NAME),
    rebuilds,
    goOn,
    sendReport,
    currentRules: async () => rulesOf(await playbooks.current()),
    clock: systemClock,
    pauseUpTo: sleepUpTo,
  }),
)
