import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { AwsError } from '../aws-error.ts'
import type { VirtualClock } from '../clock.ts'
import { deliverOrBury, errorCode, sleep } from './deliver.ts'
import { compileRulePattern, InvalidPattern, type Matcher } from './pattern.ts'
import {
  type AcceptedEntry,
  checkEntry,
  checkRequest,
  invalid,
  type PutEventsEntry,
  type PutEventsResult,
  type PutEventsResultEntry,
} from './put-entry.ts'
import { type BusEvent, type Delivery, type EventTarget, targetInput } from './target-input.ts'

export type { PutEventsEntry, PutEventsResult, PutEventsResultEntry } from './put-entry.ts'
export type { BusEvent, Delivery, EventTarget } from './target-input.ts'

interface Rule extends RuleDefinition {
  readonly matches: Matcher
}

interface Bus {
  readonly name: string
  readonly rules: Rule[]
}

/** An event that an AWS service publishes; what is absent is filled in. */
type AwsEvent = Pick<BusEvent, 'source' | 'detail-type' | 'detail'> & Partial<BusEvent>

const DEFAULT_ANSWER_MS = 5000

/** The event buses of one account and region, their rules, and the way from an event to each target. */
export class EventBuses {
  readonly #options: EventBusesOptions
  readonly #buses = new Map<string, Bus>()
  #inFlight = 0

  constructor(options: EventBusesOptions) {
    this.#options = options
    this.addBus('default', `arn:aws:events:${options.region}:${options.account}:event-bus/default`)
  }

  /** Deliveries not yet accepted or given up. */
  get inFlight(): number {
    return this.#inFlight
  }

  addBus(name: string, arn: string): void {
    const bus: Bus = { name, rules: [] }
    this.#buses.set(name, bus)
    this.#buses.set(arn, bus)
  }

  /** @throws InvalidPattern; AwsError(ResourceNotFoundException) for an unknown bus. */
  addRule(rule: RuleDefinition): void {
    const bus = this.#buses.get(rule.busName)
    if (!bus) throw new AwsError('ResourceNotFoundException', `Event bus ${rule.busName} does not exist.`)
    bus.rules.push({ ...rule, matches: compileRulePattern(rule.pattern) })
  }

  /**
   * Takes up to 10 entries. When it answers, every matching target has accepted, been given up with a dead
   * letter, or is still being tried by this process.
   * @throws AwsError(ValidationException) for the request as a whole; single entries fail by `ErrorCode`.
   */
  async putEvents(entries: readonly PutEventsEntry[]): Promise<PutEventsResult> {
    checkRequest(entries)
    const results = await Promise.all(entries.map((entry) => this.#put(entry)))
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results }
  }

  /**
   * What TestEventPattern answers: `event` is JSON text.
   * @throws AwsError(InvalidEventPatternException)
   */
  testEventPattern(pattern: string, event: string): boolean {
    try {
      return compileRulePattern(pattern)(event)
    } catch (error) {
      if (error instanceof InvalidPattern) throw new AwsError(error.name, error.message)
      if (error instanceof SyntaxError)
        throw new AwsError('ValidationException', 'Parameter Event is not valid.')
      throw error
    }
  }

  /** Puts a service's own event on the default bus; resolves as `putEvents` does. */
  async publishAws(event: AwsEvent): Promise<void> {
    const whole: BusEvent = { ...this.#blank(undefined), ...event }
    await this.#publish(whole, JSON.stringify(whole), 'default')
  }

  async #put(entry: PutEventsEntry): Promise<PutEventsResultEntry> {
    const accepted = checkEntry(entry)
    if ('ErrorCode' in accepted) return accepted
    if (!this.#buses.has(accepted.bus))
      return invalid('EventBusName', `Event bus ${accepted.bus} does not exist.`)
    const event = this.#event(accepted)
    await this.#publish(event, eventText(event, accepted.detailText), accepted.bus)
    return { EventId: event.id }
  }

  #event({ source, detailType, detail, resources, time }: AcceptedEntry): BusEvent {
    return { ...this.#blank(time), 'detail-type': detailType, source, resources, detail }
  }

  #blank(time: number | undefined) {
    const { account, region, newId, clock } = this.#options
    const at = new Date(time ?? clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
    return { version: '0', id: newId(), account, time: at, region, resources: [] } as const
  }

  async #publish(event: BusEvent, text: string, busName: string): Promise<void> {
    this.#options.onEvent?.(text)
    const ingestionTime = new Date(this.#options.clock.now()).toISOString()
    const deliveries: Promise<void>[] = []
    for (const rule of this.#buses.get(busName)?.rules ?? []) {
      if (!rule.enabled || !rule.matches(event)) continue
      const context = { text, ingestionTime, ruleName: rule.name, ruleArn: rule.arn }
      for (const target of rule.targets) {
        const body = targetInput(target, context)
        deliveries.push(this.#deliver({ target, rule: rule.name, body, event }, rule.arn, text))
      }
    }
    if (deliveries.length > 0) await this.#within(Promise.all(deliveries))
  }

  async #within(work: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#options.answerWithinMs ?? DEFAULT_ANSWER_MS)
    })
    await Promise.race([work, patience])
    clearTimeout(timer)
  }

  async #deliver(delivery: Delivery, ruleArn: string, eventAsText: string): Promise<void> {
    const { deliver, onDropped, clock, wait = sleep } = this.#options
    const { target } = delivery
    const { deadLetterArn, retry } = target
    const bury = (error: Error) => {
      const reason = {
        ruleArn,
        targetArn: target.arn,
        errorCode: errorCode(error),
        errorMessage: error.message,
      }
      const queue = { id: target.id, arn: deadLetterArn ?? '' }
      return deliver({ ...delivery, target: queue, body: eventAsText, deadLetter: reason })
    }
    this.#inFlight++
    try {
      await deliverOrBury(
        {
          limits: { retries: retry?.maximumRetryAttempts, ageSeconds: retry?.maximumEventAgeInSeconds },
          deliver: () => deliver(delivery),
          ...(deadLetterArn !== undefined && { bury }),
          drop: (error) => onDropped?.(delivery, error),
        },
        { now: () => clock.now(), wait },
      )
    } finally {
      this.#inFlight--
    }
  }
}

/** The event as text, with the detail exactly as it was put. */
function eventText({ detail: _, ...envelope }: BusEvent, detailText: string): string {
  return `${JSON.stringify(envelope).slice(0, -1)},"detail":${detailText}}`
}

/** A chunk of events as text, compressed. */
interface Packed {
  readonly count: number
  readonly bytes: Buffer
}

/** Stands between two texts (RFC 7464): no JSON text holds it unescaped. */
const SEPARATOR = '\u001e'
const CHUNK = 100

/** The last events that passed over the buses, kept as packed text: as objects they would be most of the heap. */
export class EventLog {
  readonly #limit: number
  #packed: Packed[] = []
  #open: string[] = []
  #count = 0

  /** @param limit how many events to keep */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** @param text the event as JSON */
  add(text: string): void {
    this.#open.push(text)
    this.#count += 1
    if (this.#open.length >= CHUNK) this.#pack()
  }

  clear(): void {
    this.#packed = []
    this.#open = []
    this.#count = 0
  }

  /** The kept events as JSON texts, oldest first. @param type only those with this `detail-type` */
  list(type?: string): string[] {
    const texts = [...this.#packed.flatMap(unpack), ...this.#open].slice(-this.#limit)
    if (type === undefined) return texts
    const written = JSON.stringify(type)
    return texts.filter((text) => text.includes(written) && JSON.parse(text)['detail-type'] === type)
  }

  #pack(): void {
    const bytes = Buffer.from(deflateRawSync(this.#open.join(SEPARATOR), { level: 1 }))
    this.#packed.push({ count: this.#open.length, bytes })
    this.#open = []
    let [oldest] = this.#packed
    while (oldest && this.#count - oldest.count >= this.#limit) {
      this.#packed.shift()
      this.#count -= oldest.count
      oldest = this.#packed[0]
    }
  }
}

function unpack({ bytes }: Packed): string[] {
  return inflateRawSync(bytes).toString().split(SEPARATOR)
}

interface EventBusesOptions {
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

interface RuleDefinition {
  readonly name: string
  readonly arn: string
  /** Name or ARN of its bus. */
  readonly busName: string
  /** JSON text. */
  readonly pattern: string
  readonly enabled: boolean
  readonly targets: readonly EventTarget[]
}
