import type { Guard } from './access/guard.ts'
import type { Activity } from './activity.ts'
import type { VirtualClock } from './clock.ts'
import type { DataFolder } from './data-folder.ts'
import type { DynamoDbEngine } from './engines/dynamodb-engine.ts'
import type { FauxApp } from './engines/fauxqs.ts'
import type { QueueEngine } from './engines/queue-engine.ts'
import type { EventBuses } from './events/event-bus.ts'
import type { Counts } from './gateway/counts.ts'
import type { Faults } from './gateway/faults.ts'
import { Gateway } from './gateway/gateway.ts'
import type { Service } from './gateway/service.ts'
import type { Functions } from './lambda/functions.ts'
import type { Scheduler } from './scheduler/scheduler.ts'
import { dynamoDbService } from './services/dynamodb.ts'
import { eventsService } from './services/events.ts'
import { lambdaService } from './services/lambda.ts'
import { s3Service } from './services/s3.ts'
import { schedulerService } from './services/scheduler.ts'
import { SecretStore } from './services/secret-store.ts'
import { secretsService } from './services/secrets.ts'
import { sesService } from './services/ses.ts'
import { sqsService } from './services/sqs.ts'
import { stsService } from './services/sts.ts'
import type { SuppressionList } from './services/suppression-list.ts'
import type { SesEvents } from './ses-events.ts'
import { readCallers } from './start-services.ts'
import type { StackModel } from './template/model.ts'

/** The running parts that answer AWS's operations. */
export interface GatewayParts {
  readonly model: StackModel
  readonly clock: VirtualClock
  readonly data: DataFolder
  readonly activity: Activity
  readonly guard: Guard
  readonly faults: Faults
  readonly counts: Counts
  readonly dynamodb: DynamoDbEngine
  /** Partition key by table name. */
  readonly keys: ReadonlyMap<string, string>
  readonly engine: QueueEngine
  readonly objects: FauxApp | undefined
  readonly buses: EventBuses
  readonly scheduler: Scheduler
  readonly functions: Functions
  readonly ses: SesEvents
  readonly suppression: SuppressionList
  readonly configurationSets: ReadonlySet<string>
  readonly newId: () => string
  readonly log: (line: string) => void
  readonly invokeLater: (functionArn: string, event: string, trace?: string) => Promise<void>
  readonly schedulesChanged: () => void
}

/** Every service behind one gateway. */
export function startGateway(parts: GatewayParts): Gateway {
  const { model, clock, data, engine, faults, counts, guard, activity, newId, log } = parts
  const secrets = new SecretStore(model.ofType('AWS::SecretsManager::Secret'), clock, data.secrets)
  const ses = sesService({
    configurationSets: parts.configurationSets,
    suppression: parts.suppression,
    now: () => new Date(clock.now()).toISOString(),
    newId,
    accept: (envelope) => parts.ses.accept(envelope),
  })
  const services = new Map<string, Service>([
    ['dynamodb', dynamoDbService(parts.dynamodb, parts.keys)],
    ['events', eventsService(parts.buses)],
    ['lambda', lambdaService(parts.functions, parts.invokeLater)],
    ['scheduler', schedulerService(parts.scheduler, parts.schedulesChanged)],
    ['secretsmanager', secretsService(secrets)],
    ['ses', ses],
    ['sqs', sqsService(engine, faults)],
    ['sts', stsService()],
  ])
  if (parts.objects) services.set('s3', s3Service(parts.objects))
  const callers = readCallers(model.ofType('AWS::Lambda::Function'))
  return new Gateway({ services, callers, guard, faults, counts, activity, onError: log })
}
