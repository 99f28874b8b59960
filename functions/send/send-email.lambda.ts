import { parseTestEmail } from '../../domain/email/preview-email.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import { makeBusClient, makeMailClient, makeSecretsClient, makeTableClient } from '../adapters/aws-clients.ts'
import { bundledAssets, bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoAssets } from '../adapters/dynamo-assets.ts'
import { dynamoHandoffs } from '../adapters/dynamo-handoffs.ts'
import { dynamoItems } from '../adapters/dynamo-items.ts'
import { dynamoLeadLog } from '../adapters/dynamo-leads.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoRuns, dynamoSequenceStates } from '../adapters/dynamo-runs.ts'
import {
  dynamoCapPlaces,
  dynamoConfirmationPlaces,
  dynamoSendingStates,
  dynamoSuppressions,
  mailboxMarks,
  suppressedMailboxes,
} from '../adapters/dynamo-sending.ts'
import { dynamoSendLists, dynamoSends } from '../adapters/dynamo-sends.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import {
  addressHasher,
  readSecret,
  refreshedLinkKeys,
  secretSeal,
  secretTokens,
} from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { ownQueue } from '../adapters/own-queue.ts'
import { pacedMailer, sesMailer } from '../adapters/ses.ts'
import { systemClock } from '../adapters/system.ts'
import { asTheyCome, readEnvironment } from '../environment.ts'
import { timerRefusedMessage } from '../event-names.ts'
import { eachMessage, handleBatch, makeCompany, warnRefused, withLateTimers } from '../queue/handle-batch.ts'
import { makeResumeEmails, makeRetryEmail, makeRetryHeld } from './hold-email.ts'
import { parseRequest } from './parse-request.ts'
import { makeSendEmail } from './send-email.ts'
import { makeSendTest } from './send-test.ts'

const environment = readEnvironment(process.env)
const documents = makeTableClient()
const secrets = makeSecretsClient()
const [secret, linkKeys] = await Promise.all([
  readSecret(secrets, environment.SIGNING_SECRET_ARN),
  refreshedLinkKeys(secrets, { current: environment.LINK_KEYS_ARN }, systemClock),
])

const logger = makeLogger('send')
const { enqueue, timers } = ownQueue(environment, warnRefused(logger, timerRefusedMessage))
const company = makeCompany()
dynamoItems(documents, environment.TABLE_NAME).gather(company.gather)
const sends = dynamoSends(documents, environment.TABLE_NAME)

const { SEND_RATE } = environment
const mailer = sesMailer({
  client: makeMailClient({ maxAttempts: 1 }),
  configurationSet: environment.CONFIGURATION_SET,
})

const ports = {
  sends,
  ...suppressedMailboxes(dynamoSuppressions(documents, environment.TABLE_NAME), addressHasher(secret)),
  sequences: dynamoSequenceStates(documents, environment.TABLE_NAME),
  places: dynamoCapPlaces(documents, environment.TABLE_NAME),
  confirmationPlaces: dynamoConfirmationPlaces({
    client: documents,
    tableName: environment.TABLE_NAME,
    hash: addressHasher(secret),
  }),
  sendingStates: dynamoSendingStates(documents, environment.TABLE_NAME),
  runs: dynamoRuns(documents, environment.TABLE_NAME),
  timers,
  leads: dynamoLeadLog(documents, environment.TABLE_NAME),
  handoffs: dynamoHandoffs(documents, environment.TABLE_NAME),
  playbooks: dynamoPlaybooks(documents, environment.TABLE_NAME, bundledPlaybook()),
  bus: eventBridgeBus({
    client: makeBusClient(),
    busName: environment.BUS_NAME,
    gather: company.gather,
  }),
  mailer: SEND_RATE === asTheyCome ? mailer : pacedMailer(mailer, { perSecond: Number(SEND_RATE) }),
  keepAssets: dynamoAssets({
    client: documents,
    tableName: environment.TABLE_NAME,
    bundled: bundledAssets(),
  }).keep,
  tokens: secretTokens(linkKeys.current),
  markMailbox: mailboxMarks(linkKeys.current).mark,
  publicUrl: environment.PUBLIC_URL.replace(/\/+$/, ''),
  clock: systemClock,
  warn: (message: string, about: JsonObject) => logger.warn(message, about),
}

const sendEmail = makeSendEmail(ports)
const sendTest = makeSendTest({ ...ports, seal: secretSeal(linkKeys.current) })

const retryEmail = makeRetryEmail({ sends, clock: systemClock, sendEmail })
const retryHeld = makeRetryHeld({
  ...ports,
  sendLists: dynamoSendLists(documents, environment.TABLE_NAME),
  enqueueSend: enqueue,
})
const resumeEmails = makeResumeEmails({ ...ports, sendEmail })

export const handler = handleBatch(
  logger,
  withLateTimers(
    timers,
    company.of(
      eachMessage(async (body) => {
        await linkKeys.refresh()
        const test = parseTestEmail(body)
        if (test) return sendTest(test)
        const message = parseRequest(body)
        switch (message.type) {
          case 'requested':
            return sendEmail(message.request, message.cause)
          case 'consented':
            return resumeEmails(message.leadId, message.cause)
          case 'woken':
            return retryEmail(message.timer)
          case 'resumed':
            return retryHeld(message.timer)
          default:
            return message satisfies never
        }
      }),
    ),
  ),
)
