import type { VirtualClock } from '../clock.ts'
import type { Delivery, EventTarget } from './target.ts'

export interface EventBusesOptions {
  readonly clock: Pick<VirtualClock, 'now'>
  readonly newId: () => string
  readonly account: string
  readonly region: string
  /** Resolves when the target has durably accepted; rejects to be tried again. */
  readonly deliver: (delivery: Delivery) => Promise<void>
  /** @param text the event as JSON */
  readonly onEvent?: (text: string) => void
  /** An event given up for a target that has no dead-letter queue, or whose dead-letter queue refused it. */
  readonly onDropped?: (delivery: Delivery, error: Error) => void
  /** Real milliseconds to wait between attempts; a test hands in its own. */
  readonly wait?: (ms: number) => Promise<void>
  /** PutEvents answers after this many real ms even when a target still refuses; attempts go on. @default 5000 */
  readonly answerWithinMs?: number
}

export interface RuleDefinition {
  readonly name: string
  readonly arn: string
  /** Name or ARN of its bus. */
  readonly busName: string
  /** JSON text. */
  readonly pattern: string
  readonly enabled: boolean
  readonly targets: readonly EventTarget[]
}
