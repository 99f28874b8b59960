/** Timers that end together. */
export class Timers {
  readonly #timers = new Set<NodeJS.Timeout>()
  #alarm = false
  #closed = false

  after(ms: number, action: () => void): void {
    if (this.#closed) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, ms)
    this.#timers.add(timer)
  }

  /** The same, unless an alarm is already set: one at a time. */
  alarm(ms: number, action: () => void): void {
    if (this.#alarm) return
    this.#alarm = true
    this.after(ms, () => {
      this.#alarm = false
      action()
    })
  }

  /** No action begins after this. */
  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}
