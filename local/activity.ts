/** Counts what is under way, so that "nothing is in flight" can be told. */
export class Activity {
  #running = 0
  #begun = 0

  get idle(): boolean {
    return this.#running === 0
  }

  /** How many things were ever under way. */
  get begun(): number {
    return this.#begun
  }

  /** Marks the start of something; call the answer once, at its end. */
  begin(): () => void {
    this.#running += 1
    this.#begun += 1
    let open = true
    return () => {
      if (!open) return
      open = false
      this.#running -= 1
    }
  }

  async track<T>(work: () => Promise<T>): Promise<T> {
    const end = this.begin()
    try {
      return await work()
    } finally {
      end()
    }
  }
}
