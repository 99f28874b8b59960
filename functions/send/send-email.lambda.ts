import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SESv2Client } from '@aws-sdk/client-sesv2'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { makeDocumentClient } from '../adapters/dynamo-client.ts'
import { dynamoHandoffs } from '../adapters/dynamo-handoffs.ts'
import { dynamoLeadLog } from '../adapters/dynamo-lead-log.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoSends } from '../adapters/dynamo-sends.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { makeLogger } from '../adapters/logger.ts'
import { secretTokens } from '../adapters/secret-tokens.ts'
import { readSecret } from '../adapters/secrets.ts'
import { sesMailer } from '../adapters/ses-mailer.ts'
import { systemClock } from '../adapters/system-clock.ts'
import { readEnvironment } from '../environment.ts'
import { eachMessage } from '../queue/each-message.ts'
import { handleBatch } from '../queue/handle-batch.ts'
import { parseRequest } from './parse-request.ts'
import { makeResumeEmails } from './resume-emails.ts'
import { makeSendEmail } from './send-email.ts'

const environment = readEnvironment('send', process.env)
const documents = makeDocumentClient()
const secret = await readSecret(new SecretsManagerClient({}), environment.SIGNING_SECRET_ARN)

const sends = dynamoSends(documents, environment.TABLE_NAME)

const sendEmail = makeSendEmail({
  sends,
  leads: dynamoLeadLog(documents, environment.TABLE_NAME),
  handoffs: dynamoHandoffs(documents, environment.TABLE_NAME),
  playbooks: dynamoPlaybooks(documents, environment.TABLE_NAME, bundledPlaybook()),
  bus: eventBridgeBus({ client: new EventBridgeClient({}), busName: environment.BUS_NAME }),
  mailer: sesMailer({
    client: new SESv2Client({ maxAttempts: 1 }),
    configurationSet: environment.CONFIGURATION_SET,
  }),
  tokens: secretTokens(secret),
  publicUrl: environment.PUBLIC_URL.replace(/\/+$/, ''),
  clock: systemClock,
})

const resumeEmails = makeResumeEmails({ sends, clock: systemClock, sendEmail })

export const handler = handleBatch(
  makeLogger('send'),
  eachMessage(async (body) => {
    const message = parseRequest(body)
    switch (message.type) {
      case 'requested':
        return sendEmail(message.request, message.cause)
      case 'consented':
        return resumeEmails(message.leadId, message.cause)
      default:
        return message satisfies never
    }
  }),
)
