const PAUSE_MS = 30_000

/** Pauses are so many times as long as a round took, in which nothing else is done. */
const RESTS = 50

/**
 * What was deleted or replaced stays in a file until that is written anew; people who were erased have to be gone. Done at the
 * start, at the end, and after deletions, at most once in a pause.
 */
export class Compaction {
  readonly #store: { rewrite(): void }
  #timer: NodeJS.Timeout | undefined
  #tookMs = 0

  constructor(store: { rewrite(): void }) {
    this.#store = store
  }

  /** Something may have to go from the file. */
  soon(pauseMs = PAUSE_MS): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined
        try {
          this.#run()
        } catch {
          // It shows again at the end, where somebody waits for it.
        }
      },
      Math.max(pauseMs, RESTS * this.#tookMs),
    ).unref()
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
