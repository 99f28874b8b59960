import { makeDocumentClient, makeQueueClient, makeSecretsClient } from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoCountLanes } from '../adapters/dynamo-audiences.ts'
import { dynamoLeadPages } from '../adapters/dynamo-lead-list.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoSuppressions, suppressedMailboxes } from '../adapters/dynamo-sending.ts'
import { addressHasher, readSecret } from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { queueOf } from '../adapters/sqs.ts'
import { systemClock } from '../adapters/system.ts'
import { rulesOf } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { eachMessage, handleBatch } from '../queue/handle-batch.ts'
import { countMessageSchema, makeTakeCount } from './count-audience.ts'

const { TABLE_NAME, QUEUE_URL, SIGNING_SECRET_ARN } = readEnvironment(process.env)
const secret = await readSecret(makeSecretsClient(), SIGNING_SECRET_ARN)
const client = makeDocumentClient()
const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())
const ports = {
  list: dynamoLeadPages(client, TABLE_NAME, systemClock),
  ...suppressedMailboxes(dynamoSuppressions(client, TABLE_NAME), addressHasher(secret)),
  counts: dynamoCountLanes(client, TABLE_NAME),
  enqueueAudience: queueOf(makeQueueClient(), QUEUE_URL),
  clock: systemClock,
}

export const handler = handleBatch(
  makeLogger('audience'),
  eachMessage(async (body) => {
    const rules = rulesOf(await playbooks.current())
    await makeTakeCount({ ...ports, rules })(countMessageSchema.parse(body))
  }),
)
