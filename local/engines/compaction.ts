const PAUSE_MS = 30_000

/** As nothing else is done meanwhile, it waits until nobody has asked for anything for a while, but not for ever. */
const REST_MS = 5_000
const LONGEST_WAIT_MS = 3_600_000

/** Pauses are so many times as long as a round took, in which nothing else is done. */
const RESTS = 50

/**
 * What was deleted or replaced stays in a file until that is written anew; people who were erased have to be gone. Done at the
 * start, at the end, and after deletions at the next rest, at most once in a pause.
 */
export class Compaction {
  readonly #store: { rewrite(): void }
  #timer: NodeJS.Timeout | undefined
  #tookMs = 0
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(store: { rewrite(): void }) {
    this.#store = store
  }

  /** Somebody asks for items. */
  asked(): void {
    this.#askedAt = performance.now()
  }

  /** Something may have to go from the file. */
  soon(pauseMs = PAUSE_MS): void {
    const waitMs = Math.max(pauseMs, RESTS * this.#tookMs)
    this.#timer ??= this.#after(waitMs, performance.now() + waitMs + LONGEST_WAIT_MS)
  }

  #after(waitMs: number, latest: number): NodeJS.Timeout {
    return setTimeout(() => {
      const now = performance.now()
      const restsIn = this.#askedAt + REST_MS - now
      if (restsIn > 0 && now < latest) {
        this.#timer = this.#after(restsIn, latest)
        return
      }
      this.#timer = undefined
      try {
        this.#run()
      } catch {
        // It shows again at the end, where somebody waits for it.
      }
    }, waitMs).unref()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#run()
  }

  #run(): void {
    const begun = performance.now()
    this.#store.rewrite()
    this.#tookMs = performance.now() - begun
  }
}
