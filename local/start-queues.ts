import type { FauxQueue } from './engines/fauxqs.ts'
import type { QueueEngine } from './engines/queue-engine.ts'
import { type JsonObject, objectOf, objectsOf, parseObject, textOf } from './json.ts'
import type { DeadLetters } from './queues/dead-letters.ts'
import type { Resource, StackModel } from './template/model.ts'

/** Template properties that are queue attributes of another name or of the same. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  ContentBasedDeduplication: 'ContentBasedDeduplication',
  DeduplicationScope: 'DeduplicationScope',
  DelaySeconds: 'DelaySeconds',
  FifoQueue: 'FifoQueue',
  FifoThroughputLimit: 'FifoThroughputLimit',
  MaximumMessageSize: 'MaximumMessageSize',
  MessageRetentionPeriod: 'MessageRetentionPeriod',
  ReceiveMessageWaitTimeSeconds: 'ReceiveMessageWaitTimeSeconds',
  VisibilityTimeout: 'VisibilityTimeout',
}

export function startQueues(queues: readonly Resource[], engine: QueueEngine): void {
  for (const queue of queues)
    engine.ensureQueue(queue.name, queue.ref, queue.arn, attributesOf(queue.properties))
}

function attributesOf(properties: JsonObject): Record<string, string> {
  const attributes: Record<string, string> = { RedrivePolicy: redrivePolicy(properties) }
  for (const [property, attribute] of Object.entries(ATTRIBUTES)) {
    const value = textOf(properties[property])
    if (value !== undefined) attributes[attribute] = value
  }
  return attributes
}

function redrivePolicy(properties: JsonObject): string {
  const policy = objectOf(properties.RedrivePolicy)
  const target = textOf(policy.deadLetterTargetArn)
  if (target === undefined) return ''
  return JSON.stringify({ deadLetterTargetArn: target, maxReceiveCount: Number(policy.maxReceiveCount) })
}

/** The queues that other queues send their dead letters to. */
function redriveTargets(engine: QueueEngine): FauxQueue[] {
  return engine.all().flatMap(({ attributes }) => {
    const arn = attributes.RedrivePolicy
      ? textOf(parseObject(attributes.RedrivePolicy).deadLetterTargetArn)
      : undefined
    return (arn === undefined ? undefined : engine.byArn(arn)) ?? []
  })
}

/** Marks as queues of dead letters those that queues, rules, schedules or functions give up to. */
export function watchDeadLetters(model: StackModel, engine: QueueEngine, deadLetters: DeadLetters): void {
  for (const queue of redriveTargets(engine)) deadLetters.watch(queue)
  const configs = [
    ...model.ofType('AWS::Events::Rule').flatMap(({ properties }) => objectsOf(properties.Targets)),
    ...model.ofType('AWS::Scheduler::Schedule').map(({ properties }) => objectOf(properties.Target)),
    ...model.ofType('AWS::Lambda::Function').map(({ properties }) => properties),
  ]
  for (const config of configs) {
    const { Arn, TargetArn } = objectOf(config.DeadLetterConfig)
    const queue = engine.byArn(textOf(Arn) ?? textOf(TargetArn) ?? '')
    if (queue) deadLetters.watch(queue)
  }
}
