/** A key-value store; only the one on disk has something to compact. */
export interface Compactable {
  put(key: string, value: unknown): Promise<void>
  compactRange?(start: string, end: string): Promise<void>
}

const PAUSE_MS = 30_000
/** Before and after every key that the engine makes. */
const EDGES = ['\u0000', '\uffff'] as const

/**
 * LevelDB keeps what was deleted or replaced in its files until it happens to rewrite them; people who were erased have
 * to be gone. Compacted at the start, at the end, and after deletions, at most once in a pause.
 */
export class Compaction {
  readonly #db: Compactable
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(db: Compactable) {
    this.#db = db
  }

  /** Something may have to go from the files. */
  soon(pauseMs = PAUSE_MS): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      // A failure shows again at the end, where somebody waits for it.
      this.#run().catch(() => undefined)
    }, pauseMs).unref()
  }

  end(): Promise<void> {
    clearTimeout(this.#timer)
    return this.#run()
  }

  #run(): Promise<void> {
    this.#running = this.#running.then(
      () => compact(this.#db),
      () => compact(this.#db),
    )
    return this.#running
  }
}

/**
 * The first round moves what is in memory to a file; but a file with nothing above it is not rewritten. The second has
 * one above that reaches from the first key to the last, and so rewrites all of them.
 */
async function compact(db: Compactable): Promise<void> {
  if (!db.compactRange) return
  const [first, last] = EDGES
  await db.compactRange(first, last)
  for (const key of EDGES) await db.put(key, '')
  await db.compactRange(first, last)
}
