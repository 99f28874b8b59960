import { setTimeout as sleep } from 'node:timers/promises'
import { AwsError } from '../aws-error.ts'
import { type Json, numberOf, objectOf, textOf } from '../json.ts'

/** One rule of what is to go wrong; absent `service`, `operation` and `function` stand for all. */
interface Fault {
  readonly service?: string
  readonly operation?: string
  readonly function?: string
  readonly error?: string
  /** Only the so-manieth call that fits, counted from when the fault was set; with `CrashAfter` by the order of the answers. */
  readonly nth?: number
  /** 0–1, of the calls that `error` and `latencyMs` hit. */
  readonly rate: number
  readonly latencyMs: number
  /** 0–1, of the events and messages that are delivered twice. */
  readonly duplicate: number
  /** 0–1, of the messages that come up to a minute late, and so after others. */
  readonly reorder: number
  /** 0–1, of the events that SES never sends. */
  readonly lose: number
  /** 0–1, of the entries of a batch that are not taken while the others are. */
  readonly partial: number
}

/** The function that makes a call ends with it: `CrashBefore` it is made, or `CrashAfter`, when its answer is lost. */
export class CallerCrash extends Error {}

/** As late as a message comes that others overtake, in seconds. */
const LATEST_SECONDS = 60

/** As long as a function may run at most. */
const LONGEST_LATENCY_MS = 900_000

/** A call that a function makes. */
export interface Target {
  readonly service: string
  readonly operation: string
  readonly function?: string
}

/** What goes wrong on purpose. `random` answers 0 ≤ x < 1. */
export class Faults {
  #faults: Fault[] = []
  /** How many calls have come that an `nth` counts. */
  readonly #met = new WeakMap<Fault, number>()
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  list(): readonly Fault[] {
    return this.#faults
  }

  add(fault: Fault): void {
    this.#faults.push(fault)
  }

  clear(): void {
    this.#faults = []
  }

  /** Waits and fails as the rules for this call say. @throws AwsError; CallerCrash */
  async strike(target: Target): Promise<void> {
    for (const fault of this.#matching(target)) {
      if (fault.error === undefined && fault.latencyMs === 0) continue
      if (fault.error === 'Crash' || fault.error === 'CrashAfter' || !this.#hits(fault)) continue
      if (fault.latencyMs > 0) await sleep(fault.latencyMs)
      if (fault.error === 'CrashBefore') throw new CallerCrash()
      if (fault.error !== undefined) {
        throw new AwsError(fault.error, `${fault.error} (injected fault)`, statusOf(fault.error))
      }
    }
  }

  /** Ends the caller of a call that was made, where the rules say so. @throws CallerCrash */
  strikeAfter(target: Target): void {
    const hit = this.#matching(target).some((fault) => fault.error === 'CrashAfter' && this.#hits(fault))
    if (hit) throw new CallerCrash()
  }

  /** Whether an event or message on its way through this service is to be delivered again. */
  duplicates(service: string, operation: string): boolean {
    return this.#matching({ service, operation }).some(({ duplicate }) => this.#random() < duplicate)
  }

  /** Seconds that a message comes late, so that others overtake it; undefined: it does not. */
  lateness(operation: string): number | undefined {
    const faults = this.#matching({ service: 'sqs', operation })
    const late = faults.some(({ reorder }) => this.#random() < reorder)
    return late ? Math.ceil(this.#random() * LATEST_SECONDS) : undefined
  }

  /** Whether SES's next event never comes. */
  loses(): boolean {
    const faults = this.#matching({ service: 'ses', operation: 'SendEmail' })
    return faults.some(({ lose }) => this.#random() < lose)
  }

  /** Which of the entries of a batch are not taken. */
  refused<Entry>(target: Target, entries: readonly Entry[]): Entry[] {
    const faults = this.#matching(target).filter(({ partial }) => partial > 0)
    return entries.filter(() => faults.some(({ partial }) => this.#random() < partial))
  }

  /** 0–1: where in the function's usual run time it is to crash; undefined: it is not. */
  crash(functionName: string): number | undefined {
    const faults = this.#matching({ service: 'lambda', operation: 'Invoke', function: functionName })
    const hit = faults.some(({ error, rate }) => error === 'Crash' && this.#random() < rate)
    return hit ? this.#random() : undefined
  }

  /** Whether the fault is for this call, which fits it. */
  #hits(fault: Fault): boolean {
    if (fault.nth !== undefined) {
      const met = (this.#met.get(fault) ?? 0) + 1
      this.#met.set(fault, met)
      if (met !== fault.nth) return false
    }
    return this.#random() < fault.rate
  }

  get any(): boolean {
    return this.#faults.length > 0
  }

  #matching(target: Target): Fault[] {
    return this.#faults.filter(
      (fault) =>
        (fault.service === undefined || fault.service === target.service) &&
        (fault.operation === undefined || fault.operation === target.operation) &&
        (fault.function === undefined || fault.function === target.function),
    )
  }
}

/** A fault from a request's JSON; the faults found in it where it is none. */
export function parseFault(json: Json): Fault | { readonly errors: readonly string[] } {
  const { service, operation, error, rate, latencyMs, duplicate, reorder, lose, partial, nth, ...rest } =
    objectOf(json)
  const errors: string[] = []
  const share = (name: string, value: Json | undefined, fallback: number) => {
    const number = value === undefined ? fallback : numberOf(value)
    if (number !== undefined && number >= 0 && number <= 1) return number
    errors.push(`${name} must be a number from 0 to 1`)
    return fallback
  }
  const optional = (name: string, value: Json | undefined) => {
    if (value === undefined) return {}
    const text = textOf(value)
    if (text === undefined) errors.push(`${name} must be text`)
    return { [name]: text ?? '' }
  }
  const latency = latencyMs === undefined ? 0 : numberOf(latencyMs)
  if (latency === undefined || latency < 0 || latency > LONGEST_LATENCY_MS)
    errors.push(`latencyMs must be a number from 0 to ${LONGEST_LATENCY_MS}`)
  const { function: functionName, ...unknown } = rest
  const turn = nth === undefined ? undefined : numberOf(nth)
  if (nth !== undefined && !(Number.isSafeInteger(turn) && (turn ?? 0) > 0))
    errors.push('nth must be a whole number from 1')
  for (const name of Object.keys(unknown)) errors.push(`${name} is not known here`)
  const fault = {
    ...optional('service', service),
    ...optional('operation', operation),
    ...optional('function', functionName),
    ...optional('error', error),
    ...(turn !== undefined && { nth: turn }),
    rate: share('rate', rate, 1),
    latencyMs: latency ?? 0,
    duplicate: share('duplicate', duplicate, 0),
    reorder: share('reorder', reorder, 0),
    lose: share('lose', lose, 0),
    partial: share('partial', partial, 0),
  }
  return errors.length > 0 ? { errors } : fault
}

function statusOf(error: string): number {
  if (/TooManyRequests/.test(error)) return 429
  if (/Unavailable/.test(error)) return 503
  return /^Internal|ServerError|ServerException/.test(error) ? 500 : 400
}
