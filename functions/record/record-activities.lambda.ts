import {
  makeBusClient,
  makeQueueClient,
  makeSecretsClient,
  makeTableClient,
} from '../adapters/aws-clients.ts'
import { bundledPlaybook } from '../adapters/bundled-playbook.ts'
import { dynamoCosts } from '../adapters/dynamo-histories.ts'
import { dynamoFormFigures } from '../adapters/dynamo-hooks.ts'
import { dynamoCheckpoints, dynamoLeads } from '../adapters/dynamo-leads.ts'
import { dynamoMergeClaims } from '../adapters/dynamo-merge-claims.ts'
import { dynamoPlaybooks } from '../adapters/dynamo-playbooks.ts'
import { dynamoRescoreJobs, dynamoReviews } from '../adapters/dynamo-reviews.ts'
import { dynamoSendMarks } from '../adapters/dynamo-sends.ts'
import { eventBridgeBus } from '../adapters/event-bridge-bus.ts'
import { addressHasher, keepFormerLinkKeys, readSecret } from '../adapters/link-keys.ts'
import { makeLogger } from '../adapters/logger.ts'
import { ownQueue } from '../adapters/own-queue.ts'
import { queueOf } from '../adapters/sqs.ts'
import { newLeadId, sleepUpTo, systemClock } from '../adapters/system.ts'
import { rulesOf } from '../compiled-rules.ts'
import { readEnvironment } from '../environment.ts'
import { timerRefusedMessage } from '../event-names.ts'
import { tellFigures } from '../figures/figures-message.ts'
import { handleBatch, warnRefused, withLateTimers } from '../queue/handle-batch.ts'
import { makeEnsureRescored } from '../rescore/rescore-leads.ts'
import { makeRecordActivities } from './record-activities.ts'

const environment = readEnvironment(process.env)
const secrets = makeSecretsClient()
const signingSecret = await readSecret(secrets, environment.SIGNING_SECRET_ARN)
await keepFormerLinkKeys(secrets, environment.FORMER_LINK_KEYS_ARN, signingSecret)
const logger = makeLogger('record')
const tableName = environment.TABLE_NAME
const client = makeTableClient()
const bundled = bundledPlaybook()
const playbooks = dynamoPlaybooks(client, tableName, bundled)
const bus = eventBridgeBus({ client: makeBusClient(), busName: environment.BUS_NAME })
const { enqueue, timers } = ownQueue(environment, warnRefused(logger, timerRefusedMessage))

export const handler = handleBatch(
  logger,
  withLateTimers(
    timers,
    makeRecordActivities({
      leads: dynamoLeads({ client, tableName, hashAddress: addressHasher(signingSecret), newLeadId }),
      claims: dynamoMergeClaims(client, tableName),
      checkpoints: dynamoCheckpoints(client, tableName),
      reviews: dynamoReviews(client, tableName),
      bus,
      timers,
      leadTimers: { later: (timer, seconds) => enqueue({ type: 'wake', ...timer }, seconds) },
      ensureRescored: makeEnsureRescored({
        jobs: dynamoRescoreJobs(client, tableName),
        announce: bus.announce,
        clock: systemClock,
        deployed: bundled.version,
      }),
      sendMarks: dynamoSendMarks(client, tableName),
      formFigures: dynamoFormFigures(client, tableName),
      figures: tellFigures(queueOf(makeQueueClient(), environment.FIGURES_QUEUE_URL)),
      costs: dynamoCosts(client, tableName),
      clock: systemClock,
      currentRules: async () => rulesOf(await playbooks.current()),
      pauseUpTo: sleepUpTo,
    }),
  ),
)
