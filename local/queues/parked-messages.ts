import type { FauxQueue, InFlight } from '../engines/fauxqs.ts'

/** Failed messages of a queue that wait for their visibility timeout, by the virtual clock. */
export class ParkedMessages {
  readonly #queue: FauxQueue
  readonly #handles = new Set<string>()

  constructor(queue: FauxQueue) {
    this.#queue = queue
  }

  get count(): number {
    return this.#entries().length
  }

  /** When the next one is to be tried again, in real milliseconds. */
  get nextRetry(): number | undefined {
    const deadlines = this.#entries().map(({ visibilityDeadline }) => visibilityDeadline)
    return deadlines.length === 0 ? undefined : Math.min(...deadlines)
  }

  park(receiptHandle: string, seconds: number): void {
    this.#handles.add(receiptHandle)
    this.#queue.changeVisibility(receiptHandle, seconds)
  }

  /** Moves their waiting time along with a jump of the clock. */
  elapse(ms: number): void {
    for (const entry of this.#entries()) entry.visibilityDeadline -= ms
  }

  #entries(): InFlight[] {
    const entries: InFlight[] = []
    for (const handle of this.#handles) {
      const entry = this.#queue.inflightMessages.get(handle)
      if (entry) entries.push(entry)
      else this.#handles.delete(handle)
    }
    return entries
  }
}
