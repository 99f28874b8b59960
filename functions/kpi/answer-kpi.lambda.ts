import { makeObjectClient, makeQueueClient, makeTableClient } from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoAudit } from '../adapters/dynamo-audit.ts'
import { countListedLeads } from '../adapters/dynamo-lead-list.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoRebuilds } from '../adapters/dynamo-rebuilds.ts'
import { makeLogger } from '../adapters/logger.ts'
import { writeRows } from '../adapters/row-files.ts'
import { s3Rows } from '../adapters/s3-rows.ts'
import { queueOf } from '../adapters/sqs.ts'
import { newFactId, systemClock } from '../adapters/system.ts'
import { apiApp } from '../api/api-route.ts'
import { perPlaybook } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { handleHttp } from '../http/handle-http.ts'
import { kpiRoutes } from './kpi-routes.ts'
import { makeReadColumns, makeReadPart } from './read-rows.ts'

const { TABLE_NAME, ROWS_BUCKET, FIGURES_QUEUE_URL } = readEnvironment(process.env)
const client = makeTableClient()
const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())
const reading = {
  store: s3Rows({
    objects: makeObjectClient(),
    bucket: ROWS_BUCKET,
    client,
    tableName: TABLE_NAME,
    clock: systemClock,
  }),
  rebuilds: dynamoRebuilds(client, TABLE_NAME),
  countLeads: countListedLeads(client, TABLE_NAME),
  enqueue: queueOf(makeQueueClient(), FIGURES_QUEUE_URL),
}
const ports = {
  readColumns: makeReadColumns(reading),
  readPart: makeReadPart(reading),
  writeRows,
  clock: systemClock,
  enqueue: reading.enqueue,
}
const audit = { audit: dynamoAudit(client, TABLE_NAME), clock: systemClock, newId: newFactId }
const appUnder = perPlaybook((playbook) => apiApp(kpiRoutes, { ...ports, playbook }, { audit }))

export const handler = handleHttp(makeLogger('kpi'), async () => appUnder(await playbooks.current()), {
  isCompact: true,
})
