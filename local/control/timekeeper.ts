import { setTimeout as sleep } from 'node:timers/promises'
import { LAST_INSTANT, type VirtualClock } from '../clock.ts'

interface TimekeeperOptions {
  readonly clock: VirtualClock
  /** Milliseconds of the virtual clock when the next schedule is due. */
  nextSchedule(): number | undefined
  /** The same for messages that wait for their delay or visibility timeout, in queues that a function reads. */
  nextMessage(): number | undefined
  /** Fires all schedules due by now; answers how many. */
  fireDue(): Promise<number>
  /** Nothing is in flight, schedules and delayed messages left aside. */
  isQuiet(): boolean
  /** The clock jumped by so many milliseconds. */
  jumped(ms: number): void
  /** Whether somebody waits for rest: what is due is then taken at once. */
  hurry(on: boolean): void
  onError(error: unknown): void
}

const LONGEST_TIMER = 60_000
const LOOK_MS = 2

/** Fires schedules as time passes, moves the clock on request, and tells when all is at rest. */
export class Timekeeper {
  readonly #options: TimekeeperOptions
  #timer: NodeJS.Timeout | undefined
  #advancing: Promise<unknown> = Promise.resolve()
  #waiters = 0
  #moving = false
  #closed = false

  constructor(options: TimekeeperOptions) {
    this.#options = options
  }

  /** Sets the timer for the next schedule; call it again whenever one may have come forward. */
  arm(): void {
    if (this.#moving || this.#closed) return
    clearTimeout(this.#timer)
    const due = this.#options.nextSchedule()
    if (due === undefined) return
    const wait = Math.min(LONGEST_TIMER, Math.max(0, due - this.#options.clock.now()))
    this.#timer = setTimeout(() => void this.#tick(), wait)
  }

  /**
   * Moves the clock by steps: to each due time in turn, each time until all is at rest. Answers how many fired;
   * undefined where it would lead beyond the end of the clock, which is then left where it is.
   */
  advance(ms: number, timeoutMs: number): Promise<{ fired: number; settled: boolean } | undefined> {
    const turn = this.#advancing.then(() => {
      const target = this.#options.clock.now() + ms
      return target <= LAST_INSTANT ? this.#advance(target, timeoutMs) : undefined
    })
    this.#advancing = turn.catch(() => undefined)
    return turn
  }

  /**
   * Waits until nothing is in flight: no work, and neither a schedule nor a message that is due now. What is due
   * later waits for the clock. False after `timeoutMs` of real time.
   */
  async settle(timeoutMs: number): Promise<boolean> {
    return this.#untilQuiet(performance.now() + timeoutMs, () => this.#nothingDue())
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  async #tick(): Promise<void> {
    try {
      await this.#options.fireDue()
    } catch (error) {
      this.#options.onError(error)
    }
    this.arm()
  }

  async #advance(target: number, timeoutMs: number): Promise<{ fired: number; settled: boolean }> {
    const { clock, nextSchedule, nextMessage, fireDue, jumped } = this.#options
    const end = performance.now() + timeoutMs
    this.#moving = true
    clearTimeout(this.#timer)
    const moveTo = (ms: number) => {
      const before = clock.offsetMs
      clock.moveTo(ms)
      jumped(clock.offsetMs - before)
    }
    let fired = 0
    try {
      let settled = await this.#untilQuiet(end, () => true)
      for (;;) {
        const schedule = nextSchedule() ?? Number.POSITIVE_INFINITY
        const message = nextMessage() ?? Number.POSITIVE_INFINITY
        const due = Math.min(schedule, message)
        if (!settled || due > Math.max(target, clock.now())) break
        moveTo(due)
        fired += await fireDue()
        settled = await this.#untilQuiet(end, () => true)
      }
      moveTo(target)
      settled = (await this.#untilQuiet(end, () => true)) && settled
      return { fired, settled }
    } finally {
      this.#moving = false
      this.arm()
    }
  }

  async #untilQuiet(end: number, also: () => boolean): Promise<boolean> {
    this.#waiters += 1
    this.#options.hurry(true)
    try {
      for (;;) {
        // Twice, a turn of the event loop apart: what one step ends may begin another.
        if (this.#isQuiet() && also()) {
          await sleep(0)
          if (this.#isQuiet() && also()) return true
        }
        if (performance.now() > end || this.#closed) return false
        await sleep(LOOK_MS)
      }
    } finally {
      this.#waiters -= 1
      if (this.#waiters === 0) this.#options.hurry(false)
    }
  }

  #nothingDue(): boolean {
    const { clock, nextMessage, hurry } = this.#options
    const due = nextMessage()
    if (due === undefined || due > clock.now()) return true
    hurry(true)
    return false
  }

  #isQuiet(): boolean {
    const { clock, nextSchedule, isQuiet } = this.#options
    if (!isQuiet()) return false
    const due = nextSchedule()
    return this.#moving || due === undefined || due > clock.now()
  }
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
}

/** Milliseconds of `90m`, `4h`, `1d12h`; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?[smhdw])+$/.test(text)) return undefined
  let total = 0
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)([smhdw])/g)) {
    total += Number(amount) * (UNIT_MS[unit] ?? 0)
  }
  return Math.round(total)
}
