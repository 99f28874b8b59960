import { type TestEmail, testEmailMessage } from '../../domain/email/preview-email.ts'
import { noEmailsKnown } from '../../domain/playbook/parse-email.ts'
import {
  makeBusClient,
  makeQueueClient,
  makeSecretsClient,
  makeTableClient,
} from '../adapters/aws-clients.ts'
import { bundledAssets, bundledFiles, bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { digest } from '../adapters/digest.ts'
import { dynamoAssets } from '../adapters/dynamo-assets.ts'
import { dynamoAudit } from '../adapters/dynamo-audit.ts'
import { dynamoBroadcasts } from '../adapters/dynamo-broadcasts.ts'
import { dynamoCalibrations } from '../adapters/dynamo-calibrations.ts'
import { dynamoEmailFigures } from '../adapters/dynamo-email-figures.ts'
import { countListedLeads, dynamoLeadList } from '../adapters/dynamo-lead-list.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybookStore, dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoRescoreJobs } from '../adapters/dynamo-reviews.ts'
import { dynamoRunList } from '../adapters/dynamo-runs.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { addressHasher, readSecret, refreshedLinkKeys, secretSeal } from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { compileMjml } from '../adapters/mjml/compile-mjml.ts'
import { packedBytes } from '../adapters/pack.ts'
import { leadLanes } from '../adapters/ranked-lists.ts'
import { readPicture } from '../adapters/read-picture.ts'
import { queueOf } from '../adapters/sqs.ts'
import { newFactId, systemClock } from '../adapters/system.ts'
import { apiApp } from '../api/api-route.ts'
import { makeBeginCalibration } from '../calibrate/calibrate-scoring.ts'
import { calibrationRoutes } from '../calibrate/calibration-routes.ts'
import { emailRoutes } from '../emails/email-routes.ts'
import { anyEmailDomain, readEnvironment } from '../environment.ts'
import { handleHttp } from '../http/handle-http.ts'
import { rehearse } from '../rehearse/rehearse.ts'
import { makeDescribeRescoring } from '../rescore/rescore-leads.ts'
import { rememberEmails } from './check-draft.ts'
import { maxBytes, playbookRoutes } from './playbook-routes.ts'

const environment = readEnvironment(process.env)
const { TABLE_NAME, BUS_NAME, LINK_KEYS_ARN, SEND_QUEUE_URL, CALIBRATE_QUEUE_URL, EMAIL_DOMAIN } = environment
const secrets = makeSecretsClient()
const [secret, linkKeys] = await Promise.all([
  readSecret(secrets, environment.SIGNING_SECRET_ARN),
  refreshedLinkKeys(secrets, { current: LINK_KEYS_ARN }, systemClock),
])
const queues = makeQueueClient()
const putOnSendQueue = queueOf(queues, SEND_QUEUE_URL)

const client = makeTableClient()
const bundled = bundledPlaybook()
const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundled)
const calibrations = dynamoCalibrations(client, TABLE_NAME)

const ports = {
  store: dynamoPlaybookStore({
    client,
    tableName: TABLE_NAME,
    bundled: { playbook: bundled, files: bundledFiles() },
  }),
  assets: dynamoAssets({ client, tableName: TABLE_NAME, bundled: bundledAssets() }),
  readPicture,
  announce: eventBridgeBus({ client: makeBusClient(), busName: BUS_NAME }).announce,
  compile: rememberEmails(compileMjml, digest),
  known: noEmailsKnown(),
  digest,
  packedBytes,
  ...(EMAIL_DOMAIN !== anyEmailDomain && { emailDomain: EMAIL_DOMAIN }),
  clock: systemClock,
  leads: dynamoLeadLog(client, TABLE_NAME),
  list: dynamoLeadList({
    client,
    tableName: TABLE_NAME,
    hashAddress: addressHasher(secret),
    clock: systemClock,
  }),
  countLeads: countListedLeads(client, TABLE_NAME),
  playbooks,
  runList: dynamoRunList(client, TABLE_NAME),
  calibrations,
  beginCalibration: makeBeginCalibration({
    calibrations,
    playbooks,
    goOn: queueOf(queues, CALIBRATE_QUEUE_URL),
    clock: systemClock,
  }),
  emailFigures: dynamoEmailFigures(client, TABLE_NAME),
  broadcasts: dynamoBroadcasts(client, TABLE_NAME),
  describeRescoring: makeDescribeRescoring({
    jobs: dynamoRescoreJobs(client, TABLE_NAME),
    lanes: leadLanes,
  }),
  seal: secretSeal(linkKeys.current),
  rehearse,
  requestTest: async (test: TestEmail) => putOnSendQueue(testEmailMessage(test)),
}
const audit = { audit: dynamoAudit(client, TABLE_NAME), clock: systemClock, newId: newFactId }
const app = apiApp([...playbookRoutes, ...emailRoutes, ...calibrationRoutes], ports, { audit, maxBytes })

export const handler = handleHttp(
  makeLogger('playbook'),
  async () => {
    await linkKeys.refresh()
    return app
  },
  { isCompact: true },
)
