import {
  makeBusClient,
  makeQueueClient,
  makeSecretsClient,
  makeTableClient,
} from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoImports } from '../adapters/dynamo-imports.ts'
import { dynamoItems } from '../adapters/dynamo-items.ts'
import { dynamoCheckpoints, dynamoLeads } from '../adapters/dynamo-leads.ts'
import { dynamoMergeClaims } from '../adapters/dynamo-merge-claims.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoReviews } from '../adapters/dynamo-reviews.ts'
import { dynamoSendMarks } from '../adapters/dynamo-sends.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { addressHasher, readSecret } from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { queueOf } from '../adapters/sqs.ts'
import { newLeadId, sleepUpTo, systemClock } from '../adapters/system.ts'
import { rulesOf } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { tellFigures } from '../figures/figures-message.ts'
import { eachMessage, handleBatch } from '../queue/handle-batch.ts'
import { makeBeginLeads } from '../record/begin-leads.ts'
import { makeRecordActivities } from '../record/record-activities.ts'
import { makeTakeRows } from './take-rows.ts'

const environment = readEnvironment(process.env)
const { TABLE_NAME } = environment
const secret = await readSecret(makeSecretsClient(), environment.SIGNING_SECRET_ARN)
const client = makeTableClient()
dynamoItems(client, TABLE_NAME).insertTogether()
const queues = makeQueueClient()
const enqueueRecord = queueOf(queues, environment.RECORD_QUEUE_URL)
const playbooks = dynamoPlaybooks(client, TABLE_NAME, bundledPlaybook())
const bus = eventBridgeBus({ client: makeBusClient(), busName: environment.BUS_NAME })
const leads = dynamoLeads({ client, tableName: TABLE_NAME, hashAddress: addressHasher(secret), newLeadId })
const currentRules = async () => rulesOf(await playbooks.current())

/** The recorder's marks of what an import without `enter` decides. */
const noNewsOf = (importId: string) => ({ rescored: `import:${importId}` })

const recordPorts = {
  leads,
  claims: dynamoMergeClaims(client, TABLE_NAME),
  checkpoints: dynamoCheckpoints(client, TABLE_NAME),
  reviews: dynamoReviews(client, TABLE_NAME),
  bus,
  // The recorder looks at the lead, and sets what it waits for.
  timers: {
    set: async (_name: string, _at: string, { leadId = null }) => enqueueRecord({ type: 'wake', leadId }),
  },
  leadTimers: {
    later: (timer: { readonly leadId: string; readonly at?: string }, seconds: number) =>
      enqueueRecord({ type: 'wake', ...timer }, seconds),
  },
  sendMarks: dynamoSendMarks(client, TABLE_NAME),
  figures: tellFigures(queueOf(queues, environment.FIGURES_QUEUE_URL)),
  clock: systemClock,
  currentRules,
  pauseUpTo: sleepUpTo,
}

const beginLeads = makeBeginLeads(recordPorts)

export const handler = handleBatch(
  makeLogger('import'),
  eachMessage(
    makeTakeRows({
      imports: dynamoImports(client, TABLE_NAME),
      leads,
      record: (messages, importId, isNews) =>
        makeRecordActivities(isNews ? recordPorts : { ...recordPorts, noNews: noNewsOf(importId) })(messages),
      begin: (all, rules, importId) => beginLeads(all, rules, noNewsOf(importId).rescored),
      bus,
      announce: bus.announce,
      enqueueImport: queueOf(queues, environment.QUEUE_URL),
      clock: systemClock,
      currentRules,
    }),
  ),
)
