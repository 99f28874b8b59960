import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { EventBus, type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { Variable } from '../../functions/environment.ts'
import type { AlarmTopic } from './alarm-topic.ts'
import type { AppFunction } from './app-function.ts'

/** What a function works from, and how much of it at once. */
export interface WorkProps {
  /** @default - the bus of activities */
  readonly bus?: EventBus | IEventBus
  /** Which events of the bus come into the queue. @default - none: its messages come from elsewhere */
  readonly events?: EventPattern
  /** How many copies may work on the queue at once, 2–1,000. */
  readonly maxConcurrency: number
  /** Messages for each call. @default 10 */
  readonly batchSize?: number
  /** How long to wait for a batch to fill. @default - not at all: a single message is taken at once */
  readonly batchWindow?: Duration
  /** Deliveries before a message counts as dead. @default 5 */
  readonly maxReceiveCount?: number
}

interface QueueWorkerProps extends WorkProps {
  readonly worker: AppFunction
  readonly bus: EventBus | IEventBus
  readonly alarms: AlarmTopic
}

/**
 * Rule → queue → function, with a dead-letter queue and alarms: the only way in which a function gets work. Where
 * no events are named there is no rule.
 * The dead-letter queue also takes what the rule could not deliver. Failures are reported by message, so that a poison
 * message does not hold up the ones beside it.
 */
export class QueueWorker extends Construct {
  readonly queue: Queue
  readonly deadLetters: Queue
  readonly #worker: AppFunction
  /** Events that the rule could not put on the queue. */
  readonly failedDeliveries: ((options: MetricOptions) => Metric) | undefined

  constructor(scope: Construct, id: string, props: QueueWorkerProps) {
    super(scope, id)
    const { worker } = props
    this.#worker = worker
    const shared = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true }
    this.deadLetters = new Queue(this, 'DeadLetters', { ...shared, retentionPeriod: Duration.days(14) })
    this.queue = new Queue(this, 'Queue', {
      ...shared,
      // AWS's advice: six times the function's timeout and the wait for a batch, so that a message is not handed out twice at once.
      visibilityTimeout: Duration.seconds(
        6 * worker.timeout.toSeconds() + (props.batchWindow?.toSeconds() ?? 0),
      ),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxReceiveCount ?? 5 },
    })
    if (props.events) this.failedDeliveries = this.#listen(props.bus, props.events)
    worker.allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [this.queue.queueArn])
    new EventSourceMapping(this, 'Source', {
      target: worker.lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: props.batchSize ?? 10,
      ...(props.batchWindow && { maxBatchingWindow: props.batchWindow }),
      maxConcurrency: props.maxConcurrency,
      reportBatchItemFailures: true,
    })
    this.#addAlarms(props)
  }

  #listen(eventBus: EventBus | IEventBus, eventPattern: EventPattern): (options: MetricOptions) => Metric {
    const targets = [new SqsQueue(this.queue, { deadLetterQueue: this.deadLetters })]
    const rule = new Rule(this, 'Rule', { eventBus, eventPattern, targets })
    const bus = eventBus instanceof EventBus ? { EventBusName: eventBus.eventBusName } : {}
    return (options) =>
      new Metric({
        namespace: 'AWS/Events',
        metricName: 'FailedInvocations',
        dimensionsMap: { ...bus, RuleName: rule.ruleName },
        statistic: Stats.SUM,
        ...options,
      })
  }

  /** Lets the worker itself put messages here: work done in small pieces. */
  grantContinue(): void {
    this.#worker.allowRecursion()
    this.grantSend(this.#worker, 'QUEUE_URL')
  }

  /** Lets another function put messages here. */
  grantSend(to: AppFunction, variable: Variable): void {
    to.allow(['sqs:SendMessage'], [this.queue.queueArn])
    to.setVariable(variable, this.queue.queueUrl)
  }

  #addAlarms({ alarms, worker }: QueueWorkerProps): void {
    alarms.watch(this, 'DeadLettersAlarm', {
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 1,
      description: `The function ${worker.name} gave up on a message.`,
      runbook: 'Dead letters',
    })
    alarms.watch(this, 'RecursionAlarm', {
      metric: worker.lambda.metric('RecursiveInvocationsDropped', {
        statistic: Stats.SUM,
        period: Duration.minutes(5),
      }),
      threshold: 1,
      description: `Lambda took the function ${worker.name} for one that calls itself without end, and stopped it.`,
      runbook: 'A chain of messages was stopped',
    })
    alarms.watch(this, 'AgeAlarm', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      threshold: Duration.minutes(30).toSeconds(),
      description: `A message has been waiting for the function ${worker.name} for half an hour.`,
      runbook: 'A queue falls behind',
    })
  }
}
