import type { BusEvent } from './event.ts'

export interface InputTransformer {
  readonly inputPathsMap: Readonly<Record<string, string>>
  readonly inputTemplate: string
}

export interface RetryPolicy {
  /** 0–185; EventBridge's default is 185. */
  readonly maximumRetryAttempts?: number
  /** 60–86,400; the default is a day. */
  readonly maximumEventAgeInSeconds?: number
}

/** One target of a rule. At most one of `input`, `inputPath` and `inputTransformer`. */
export interface EventTarget {
  readonly id: string
  readonly arn: string
  readonly input?: string
  readonly inputPath?: string
  readonly inputTransformer?: InputTransformer
  readonly deadLetterArn?: string
  readonly retry?: RetryPolicy
  readonly sqsMessageGroupId?: string
}

/** Why an event was given up for a target: what EventBridge puts into a dead letter's message attributes. */
export interface DeadLetter {
  readonly ruleArn: string
  readonly targetArn: string
  readonly errorCode: string
  readonly errorMessage: string
}

/** One hand-over to a target. With `deadLetter`, `target.arn` is the dead-letter queue and `body` the whole event. */
export interface Delivery {
  readonly target: EventTarget
  /** The rule's name. */
  readonly rule: string
  readonly body: string
  readonly event: BusEvent
  readonly deadLetter?: DeadLetter
}
