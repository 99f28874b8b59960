import {
  makeBusClient,
  makeQueueClient,
  makeSecretsClient,
  makeTableClient,
} from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoCountLanes } from '../adapters/dynamo-audiences.ts'
import { dynamoAudit } from '../adapters/dynamo-audit.ts'
import {
  dynamoBroadcastMembers,
  dynamoBroadcastParts,
  dynamoBroadcasts,
} from '../adapters/dynamo-broadcasts.ts'
import { dynamoDealLists } from '../adapters/dynamo-deals.ts'
import { dynamoDeliveries, dynamoDeliveryLists, dynamoEndpointStates } from '../adapters/dynamo-deliveries.ts'
import { dynamoDirectory } from '../adapters/dynamo-directory.ts'
import { countInEarlierSends, dynamoEmailFigures } from '../adapters/dynamo-email-figures.ts'
import { dynamoHandoffs, dynamoRounds } from '../adapters/dynamo-handoffs.ts'
import { dynamoFormFigures } from '../adapters/dynamo-hooks.ts'
import { dynamoImports } from '../adapters/dynamo-imports.ts'
import { dynamoLeadList } from '../adapters/dynamo-lead-list.ts'
import { dynamoCheckpoints, dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoBrowsers } from '../adapters/dynamo-pointers.ts'
import { dynamoRebuilds } from '../adapters/dynamo-rebuilds.ts'
import { dynamoRescoreJobs } from '../adapters/dynamo-reviews.ts'
import { dynamoRunList, dynamoRuns, dynamoSequenceStates } from '../adapters/dynamo-runs.ts'
import {
  dynamoSendingFigures,
  dynamoSendingStates,
  dynamoSuppressions,
  suppressedMailboxes,
} from '../adapters/dynamo-sending.ts'
import { dynamoSendLists, dynamoSends } from '../adapters/dynamo-sends.ts'
import { dynamoViews } from '../adapters/dynamo-views.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { webhookSecrets } from '../adapters/hook-secrets.ts'
import { addressHasher, readSecret } from '../adapters/link-keys.ts'
import { loggedBus, makeLogger } from '../adapters/logger.ts'
import { leadLanes } from '../adapters/ranked-lists.ts'
import { queueOf } from '../adapters/sqs.ts'
import { newFactId, sleepUpTo, systemClock } from '../adapters/system.ts'
import { perPlaybook, rulesOf } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { handleHttp } from '../http/handle-http.ts'
import { makeEnsureRescored } from '../rescore/rescore-leads.ts'
import { apiApp } from './api-route.ts'
import { onceWhole } from './lead-sources.ts'
import openapi from './openapi.json' with { type: 'json' }
import { consoleRoutes } from './routes.ts'

const environment = readEnvironment(process.env)
const { TABLE_NAME, BUS_NAME } = environment
const secret = await readSecret(makeSecretsClient(), environment.SIGNING_SECRET_ARN)
const hashAddress = addressHasher(secret)
const queues = makeQueueClient()
const client = makeTableClient()

const bundled = bundledPlaybook()
const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundled)
const logger = makeLogger('api')
const bus = loggedBus(eventBridgeBus({ client: makeBusClient(), busName: BUS_NAME }), logger)
const ports = {
  leads: dynamoLeadLog(client, TABLE_NAME),
  checkpoints: dynamoCheckpoints(client, TABLE_NAME),
  list: dynamoLeadList({ client, tableName: TABLE_NAME, hashAddress, clock: systemClock }),
  directory: {
    ...dynamoDirectory(client, TABLE_NAME),
    isWhole: onceWhole(dynamoRebuilds(client, TABLE_NAME)),
  },
  lanes: leadLanes,
  counts: dynamoCountLanes(client, TABLE_NAME),
  ...suppressedMailboxes(dynamoSuppressions(client, TABLE_NAME), hashAddress),
  broadcasts: dynamoBroadcasts(client, TABLE_NAME),
  parts: dynamoBroadcastParts(client, TABLE_NAME),
  members: dynamoBroadcastMembers(client, TABLE_NAME),
  imports: dynamoImports(client, TABLE_NAME),
  enqueueImport: queueOf(queues, environment.IMPORT_QUEUE_URL),
  enqueueAudience: queueOf(queues, environment.AUDIENCE_QUEUE_URL),
  runs: dynamoRuns(client, TABLE_NAME),
  runList: dynamoRunList(client, TABLE_NAME),
  sequences: dynamoSequenceStates(client, TABLE_NAME),
  enqueueNurture: queueOf(queues, environment.NURTURE_QUEUE_URL),
  enqueueHandoff: queueOf(queues, environment.HANDOFF_QUEUE_URL),
  enqueueWebhook: queueOf(queues, environment.WEBHOOK_QUEUE_URL),
  deliveries: dynamoDeliveries(client, TABLE_NAME),
  deliveryLists: dynamoDeliveryLists(client, TABLE_NAME),
  endpoints: dynamoEndpointStates(client, TABLE_NAME),
  webhookSecrets: webhookSecrets(secret),
  playbooks,
  formFigures: dynamoFormFigures(client, TABLE_NAME),
  publicUrl: environment.PUBLIC_URL,
  dealLists: dynamoDealLists(client, TABLE_NAME),
  handoffs: dynamoHandoffs(client, TABLE_NAME),
  rounds: dynamoRounds(client, TABLE_NAME),
  pauseUpTo: sleepUpTo,
  views: dynamoViews(client, TABLE_NAME, hashAddress),
  browsers: dynamoBrowsers(client, TABLE_NAME),
  sends: dynamoSends(client, TABLE_NAME),
  sendLists: dynamoSendLists(client, TABLE_NAME),
  emailFigures: {
    ...dynamoEmailFigures(client, TABLE_NAME),
    countInEarlier: countInEarlierSends(client, TABLE_NAME),
  },
  announce: bus.announce,
  sendingFigures: dynamoSendingFigures(client, TABLE_NAME),
  sendingStates: dynamoSendingStates(client, TABLE_NAME),
  bus,
  ensureRescored: makeEnsureRescored({
    jobs: dynamoRescoreJobs(client, TABLE_NAME),
    announce: bus.announce,
    clock: systemClock,
    deployed: bundled.version,
  }),
  audit: dynamoAudit(client, TABLE_NAME),
  clock: systemClock,
  newId: newFactId,
}
const appUnder = perPlaybook((playbook) =>
  apiApp(consoleRoutes, { ...ports, rules: rulesOf(playbook) }, { audit: ports }).get('/openapi.json', () =>
    Response.json(openapi),
  ),
)

export const handler = handleHttp(logger, async () => appUnder(await playbooks.current()), {
  isCompact: true,
})
