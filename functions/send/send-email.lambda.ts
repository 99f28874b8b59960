import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SchedulerClient } from '@aws-sdk/client-scheduler'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SESv2Client } from '@aws-sdk/client-sesv2'
import { SQSClient } from '@aws-sdk/client-sqs'
import { parseTestEmail } from '../../domain/email/test-email.ts'
import type { JsonObject } from '../../domain/json.ts'
import { addressHasher } from '../adapters/address-hash.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoCapPlaces } from '../adapters/dynamo-cap-places.ts'
import { makeDocumentClient } from '../adapters/dynamo-client.ts'
import { dynamoConfirmationPlaces } from '../adapters/dynamo-confirmation-places.ts'
import { dynamoHandoffs } from '../adapters/dynamo-handoffs.ts'
import { dynamoLeadLog } from '../adapters/dynamo-lead-log.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoRuns } from '../adapters/dynamo-runs.ts'
import { dynamoSendLists } from '../adapters/dynamo-send-lists.ts'
import { dynamoSendingStates } from '../adapters/dynamo-sending.ts'
import { dynamoSends } from '../adapters/dynamo-sends.ts'
import { dynamoSequenceStates } from '../adapters/dynamo-sequence-states.ts'
import { dynamoSuppressions, suppressedMailboxes } from '../adapters/dynamo-suppressions.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { refreshedLinkKeys } from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { mailboxMarks } from '../adapters/mailbox-marks.ts'
import { schedulerAlarms } from '../adapters/scheduler-alarms.ts'
import { secretSeal } from '../adapters/secret-seal.ts'
import { secretTokens } from '../adapters/secret-tokens.ts'
import { readSecret } from '../adapters/secrets.ts'
import { sesMailer } from '../adapters/ses-mailer.ts'
import { queueOf } from '../adapters/sqs-queue.ts'
import { systemClock } from '../adapters/system-clock.ts'
import { readEnvironment } from '../environment.ts'
import { wakeRefusedMessage } from '../event-names.ts'
import { eachMessage } from '../queue/each-message.ts'
import { handleBatch } from '../queue/handle-batch.ts'
import { warnRefused, withLateAlarms } from '../queue/late-alarms.ts'
import { parseRequest } from './parse-request.ts'
import { makeResumeEmails } from './resume-emails.ts'
import { makeSendEmail } from './send-email.ts'
import { makeSendTest } from './send-test.ts'
import { makeWakeEmail } from './wake-email.ts'
import { makeWakeHeld } from './wake-held.ts'

const environment = readEnvironment('send', process.env)
const documents = makeDocumentClient()
const secrets = new SecretsManagerClient({})
const [secret, linkKeys] = await Promise.all([
  readSecret(secrets, environment.SIGNING_SECRET_ARN),
  refreshedLinkKeys(secrets, { current: environment.LINK_KEYS_ARN }, systemClock),
])

const logger = makeLogger('send')
const ownQueue = queueOf(new SQSClient({}), environment.SEND_QUEUE_URL)
const alarms = schedulerAlarms({
  client: new SchedulerClient({}),
  group: environment.SCHEDULE_GROUP,
  queueArn: environment.SEND_QUEUE_ARN,
  deadLettersArn: environment.SEND_DEAD_LETTERS_ARN,
  roleArn: environment.SCHEDULE_ROLE_ARN,
  later: ownQueue,
  clock: systemClock,
  warn: warnRefused(logger, wakeRefusedMessage),
})
const sends = dynamoSends(documents, environment.TABLE_NAME)

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
  alarms,
  leads: dynamoLeadLog(documents, environment.TABLE_NAME),
  handoffs: dynamoHandoffs(documents, environment.TABLE_NAME),
  playbooks: dynamoPlaybooks(documents, environment.TABLE_NAME, bundledPlaybook()),
  bus: eventBridgeBus({ client: new EventBridgeClient({}), busName: environment.BUS_NAME }),
  mailer: sesMailer({
    client: new SESv2Client({ maxAttempts: 1 }),
    configurationSet: environment.CONFIGURATION_SET,
  }),
  tokens: secretTokens(linkKeys.current),
  markMailbox: mailboxMarks(linkKeys.current).mark,
  publicUrl: environment.PUBLIC_URL.replace(/\/+$/, ''),
  clock: systemClock,
  warn: (message: string, about: JsonObject) => logger.warn(message, about),
}

const sendEmail = makeSendEmail(ports)
const sendTest = makeSendTest({ ...ports, seal: secretSeal(linkKeys.current) })

const wakeEmail = makeWakeEmail({ sends, clock: systemClock, sendEmail })
const wakeHeld = makeWakeHeld({
  ...ports,
  sendLists: dynamoSendLists(documents, environment.TABLE_NAME),
  tellSend: ownQueue,
})
const resumeEmails = makeResumeEmails({ ...ports, sendEmail })

export const handler = handleBatch(
  logger,
  withLateAlarms(
    { ...alarms, clock: systemClock },
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
          return wakeEmail(message.wake)
        case 'resumed':
          return wakeHeld(message.wake)
        default:
          return message satisfies never
      }
    }),
  ),
)
