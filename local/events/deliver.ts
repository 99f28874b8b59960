import { AwsError } from '../aws-error.ts'

/** How long to try: EventBridge and its scheduler have the same limits. */
interface RetryLimits {
  /** Attempts after the first one. @default 185 */
  readonly retries?: number | undefined
  /** Given up when older, by the clock. @default 86,400 */
  readonly ageSeconds?: number | undefined
}

interface Courier {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Waits real milliseconds. */
  readonly wait: (ms: number) => Promise<void>
}

interface Parcel {
  readonly limits: RetryLimits
  /** Resolves when taken. `attempt` counts from 1. */
  readonly deliver: (attempt: number) => Promise<void>
  /** Hands it to the dead-letter queue; absent: there is none. */
  readonly bury?: (error: Error) => Promise<void>
  /** Told of what neither took. */
  readonly drop: (error: Error) => void
}

const FIRST_WAIT_MS = 10
const LONGEST_WAIT_MS = 500

/**
 * Hands something over until it is taken, else to the dead-letter queue. Waits are far shorter than AWS's: here
 * nobody wants to wait a day. An error that a repeat cannot cure (no permission, no such target) is not repeated,
 * as on AWS.
 */
export async function deliverOrBury(parcel: Parcel, courier: Courier): Promise<void> {
  const error = await attempts(parcel.deliver, parcel.limits, courier)
  if (!error) return
  const { bury } = parcel
  const refused = bury ? await attempts(() => bury(error), parcel.limits, courier) : error
  if (refused) parcel.drop(refused)
}

/** Undefined when taken, else the last error. */
async function attempts(
  deliver: (attempt: number) => Promise<void>,
  { retries = 185, ageSeconds = 86_400 }: RetryLimits,
  { now, wait }: Courier,
): Promise<Error | undefined> {
  const until = now() + ageSeconds * 1000
  for (let attempt = 1; ; attempt++) {
    try {
      await deliver(attempt)
      return undefined
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      if (attempt > retries || now() >= until || isLasting(error)) return error
    }
    await wait(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 10)))
  }
}

/** The waiting of real life. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function isLasting(error: Error): boolean {
  if (!(error instanceof AwsError)) return false
  const passing =
    error.status >= 500 || error.status === 429 || /Throttl|TooMany|LimitExceeded/.test(error.code)
  return !passing
}

/** The code that AWS would name: the service's own, else the class of the error. */
export function errorCode(error: Error): string {
  return error instanceof AwsError ? error.code : error.name
}
