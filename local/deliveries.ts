import type { Guard } from './access/guard.ts'
import { AwsError } from './aws-error.ts'
import { escapeRefused, type FauxQueue, firstBytes } from './engines/fauxqs.ts'
import type { QueueEngine } from './engines/queue-engine.ts'
import type { Delivery, EventBuses } from './events/event-bus.ts'
import type { Faults } from './gateway/faults.ts'
import type { Counts } from './gateway/gateway.ts'
import type { FiringContext, ScheduleTarget } from './scheduler/scheduler.ts'
import { busName } from './template/intrinsics.ts'

interface DeliveriesOptions {
  readonly guard: Guard
  readonly faults: Faults
  readonly counts: Counts
  readonly engine: QueueEngine
  readonly buses: () => EventBuses
  /** ARNs of rules by name. */
  readonly rules: ReadonlyMap<string, string>
  /** Keeps the event for a function. */
  invokeLater(functionArn: string, event: string): Promise<void>
}

interface Letter {
  /** Of the rule or the schedule. */
  readonly sender: { readonly name: 'RULE_ARN' | 'SCHEDULE_ARN'; readonly arn: string }
  readonly targetArn: string
  readonly errorCode: string
  readonly errorMessage: string
}

/** How rules and schedules reach their targets, with the permission each way needs. */
export class Deliveries {
  readonly #options: DeliveriesOptions

  constructor(options: DeliveriesOptions) {
    this.#options = options
  }

  /** A rule's delivery; the target's own policy must let EventBridge in. */
  async fromRule(delivery: Delivery): Promise<void> {
    const { guard, faults, rules } = this.#options
    const { target, rule, body, deadLetter } = delivery
    const action = actionFor(target.arn)
    if (action === undefined) return
    const source = rules.get(rule) ?? ''
    if (!guard.allowsService('events.amazonaws.com', action, target.arn, source)) {
      throw new AwsError(
        'NO_PERMISSIONS',
        `no policy of ${target.arn} lets events.amazonaws.com do ${action} for ${source}`,
      )
    }
    const letter = deadLetter && { ...deadLetter, sender: { name: 'RULE_ARN' as const, arn: source } }
    const times = deadLetter === undefined && faults.any && faults.duplicates('events', 'PutEvents') ? 2 : 1
    for (let time = 0; time < times; time++) {
      await this.#hand(rule, target.arn, body, { group: target.sqsMessageGroupId, letter })
    }
  }

  /** A schedule's delivery, in the role the schedule names. */
  async fromSchedule(target: ScheduleTarget, payload: string, context: FiringContext): Promise<void> {
    const { guard, faults } = this.#options
    const arn = target.Arn
    const action = actionFor(arn)
    if (action === undefined)
      throw new AwsError('ValidationException', `the target ${arn} is not offered locally`)
    if (!guard.hasRole(target.RoleArn))
      throw new AwsError('ValidationException', `there is no role ${target.RoleArn}`)
    guard.authorizeRole(target.RoleArn, { action, resource: arn })
    const times =
      context.deadLetter === undefined && faults.any && faults.duplicates('scheduler', 'Fire') ? 2 : 1
    for (let time = 0; time < times; time++) {
      await this.#hand(groupOf(context.scheduleArn), arn, payload, {
        group: target.SqsParameters?.MessageGroupId,
        letter: context.deadLetter && {
          ...context.deadLetter,
          sender: { name: 'SCHEDULE_ARN', arn: context.scheduleArn },
        },
        event: target.EventBridgeParameters,
      })
    }
  }

  /** A function's failed event, on its way to where the template sends it. */
  async toDestination(functionName: string, arn: string, body: string): Promise<void> {
    await this.#hand(functionName, arn, escapeRefused(body), {})
  }

  async #hand(
    sender: string,
    arn: string,
    body: string,
    more: {
      group?: string | undefined
      letter?: Letter | undefined
      event?: { readonly Source: string; readonly DetailType: string } | undefined
    },
  ): Promise<void> {
    const { engine, counts, faults, buses, invokeLater } = this.#options
    switch (arn.split(':')[2]) {
      case 'sqs': {
        const queue = engine.byArn(arn)
        if (!queue) throw new AwsError('QueueDoesNotExist', `there is no queue ${arn}`)
        counts.add('sqs', 'SendMessage', sender)
        const late = faults.any ? faults.lateness('SendMessage') : undefined
        await engine.call('SendMessage', {
          QueueUrl: queue.url,
          ...(late !== undefined && { DelaySeconds: late }),
          ...(more.group === undefined ? {} : { MessageGroupId: more.group }),
          ...(more.letter === undefined ? { MessageBody: body } : letterOf(body, more.letter, queue)),
        })
        return
      }
      case 'lambda':
        return invokeLater(arn, body)
      case 'events': {
        counts.add('events', 'PutEvents', sender)
        const bus = busName(arn)
        const forwarded = more.event ? { ...more.event, Detail: body } : entryOf(body)
        const result = await buses().putEvents([{ ...forwarded, EventBusName: bus }])
        const [entry] = result.Entries
        if (entry && 'ErrorCode' in entry) throw new AwsError(entry.ErrorCode, entry.ErrorMessage)
        return
      }
      default:
        throw new AwsError('ValidationException', `the target ${arn} is not offered locally`)
    }
  }
}

/** What a service needs to be allowed at a target; undefined: the target keeps logs only and is left out. */
export function actionFor(arn: string): string | undefined {
  switch (arn.split(':')[2]) {
    case 'sqs':
      return 'sqs:SendMessage'
    case 'lambda':
      return 'lambda:InvokeFunction'
    case 'events':
      return 'events:PutEvents'
    default:
      return undefined
  }
}

/** Schedules are counted by their group: one that fires once has a name that comes but once. */
function groupOf(scheduleArn: string): string {
  return scheduleArn.split('/')[1] ?? scheduleArn
}

function entryOf(body: string): { Source: string; DetailType: string; Detail: string } {
  const event: { source: string; 'detail-type': string; detail: object } = JSON.parse(body)
  return { Source: event.source, DetailType: event['detail-type'], Detail: JSON.stringify(event.detail) }
}

const LONGEST_ATTRIBUTE = 4096
/** What the names and types of the four attributes take. */
const NAMES_BYTES = 130

/** A dead letter that its queue takes, whatever it was that a queue did not take before. */
function letterOf(
  body: string,
  { sender, targetArn, errorCode, errorMessage }: Letter,
  { attributes }: FauxQueue,
) {
  const most = Number(attributes.MaximumMessageSize)
  const each = Math.min(LONGEST_ATTRIBUTE, Math.floor(most / 8))
  const text = (value: string) => ({
    DataType: 'String',
    StringValue: firstBytes(escapeRefused(value), each) || '-',
  })
  return {
    MessageBody: firstBytes(escapeRefused(body), most - 4 * each - NAMES_BYTES),
    MessageAttributes: {
      [sender.name]: text(sender.arn),
      TARGET_ARN: text(targetArn),
      ERROR_CODE: text(errorCode),
      ERROR_MESSAGE: text(errorMessage),
    },
  }
}
