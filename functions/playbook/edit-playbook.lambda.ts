import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { type TestEmail, testEmailMessage } from '../../domain/email/test-email.ts'
import { addressHasher } from '../adapters/address-hash.ts'
import { bundledFiles, bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { digest } from '../adapters/digest.ts'
import { dynamoAudit } from '../adapters/dynamo-audit.ts'
import { makeDocumentClient } from '../adapters/dynamo-client.ts'
import { dynamoEmailFigures } from '../adapters/dynamo-email-figures.ts'
import { dynamoLeadList } from '../adapters/dynamo-lead-list.ts'
import { dynamoLeadLog } from '../adapters/dynamo-lead-log.ts'
import { countListedLeads } from '../adapters/dynamo-lead-pages.ts'
import { packedBytes } from '../adapters/dynamo-playbook-items.ts'
import { dynamoPlaybookStore } from '../adapters/dynamo-playbook-store.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoRescoreJobs } from '../adapters/dynamo-rescore-jobs.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { leadLanes } from '../adapters/lead-lists.ts'
import { refreshedLinkKeys } from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { compileMjml } from '../adapters/mjml/compile-mjml.ts'
import { newFactId } from '../adapters/random-ids.ts'
import { secretSeal } from '../adapters/secret-seal.ts'
import { readSecret } from '../adapters/secrets.ts'
import { queueOf } from '../adapters/sqs-queue.ts'
import { systemClock } from '../adapters/system-clock.ts'
import { replyToApi } from '../api/reply-to-api.ts'
import { makeEmailRoutes } from '../emails/email-routes.ts'
import { anyEmailDomain, readEnvironment } from '../environment.ts'
import { handleHttp } from '../http/handle-http.ts'
import { makeDescribeRescoring } from '../rescore/describe-rescoring.ts'
import { makeAnswerPlaybook, makePlaybookRoutes } from './playbook-routes.ts'
import { rememberEmails } from './remember-emails.ts'

const environment = readEnvironment('playbook', process.env)
const { TABLE_NAME, BUS_NAME, LINK_KEYS_ARN, SEND_QUEUE_URL, EMAIL_DOMAIN } = environment
const secrets = new SecretsManagerClient({})
const [secret, linkKeys] = await Promise.all([
  readSecret(secrets, environment.SIGNING_SECRET_ARN),
  refreshedLinkKeys(secrets, { current: LINK_KEYS_ARN }, systemClock),
])
const putOnSendQueue = queueOf(new SQSClient({}), SEND_QUEUE_URL)

const client = makeDocumentClient()
const bundled = bundledPlaybook()

const ports = {
  store: dynamoPlaybookStore({
    client,
    tableName: TABLE_NAME,
    bundled: { playbook: bundled, files: bundledFiles() },
  }),
  announce: eventBridgeBus({ client: new EventBridgeClient({}), busName: BUS_NAME }).announce,
  compile: rememberEmails(compileMjml, digest),
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
  playbooks: dynamoPlaybooks(client, TABLE_NAME, bundled),
  emailFigures: dynamoEmailFigures(client, TABLE_NAME),
  describeRescoring: makeDescribeRescoring({
    jobs: dynamoRescoreJobs(client, TABLE_NAME),
    lanes: leadLanes,
  }),
  seal: secretSeal(linkKeys.current),
  requestTest: async (test: TestEmail) => putOnSendQueue(testEmailMessage(test)),
}
const answer = makeAnswerPlaybook([...makePlaybookRoutes(ports), ...makeEmailRoutes(ports)], {
  audit: dynamoAudit(client, TABLE_NAME),
  clock: systemClock,
  newId: newFactId,
})

export const handler = handleHttp(makeLogger('playbook'), async (request) => {
  await linkKeys.refresh()
  return replyToApi(await answer(request), request)
})
