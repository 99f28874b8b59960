interface Entry {
  readonly at: number
  readonly key: string
  readonly order: number
}

/** Keys by the time they are due: a binary heap in which a changed key leaves its old entry behind to be skipped. */
export class DueQueue {
  #heap: Entry[] = []
  readonly #current = new Map<string, Entry>()
  #order = 0

  get size(): number {
    return this.#current.size
  }

  /** Sets when `key` is due (ms), in place of what was set before. */
  set(key: string, at: number): void {
    const entry: Entry = { at, key, order: this.#order++ }
    this.#current.set(key, entry)
    this.#heap.push(entry)
    this.#rise(this.#heap.length - 1)
    if (this.#heap.length > 64 && this.#heap.length > this.#current.size * 4) this.#rebuild()
  }

  delete(key: string): void {
    this.#current.delete(key)
  }

  /** The earliest; of equal times the one set first. */
  peek(): { readonly at: number; readonly key: string } | undefined {
    for (;;) {
      const top = this.#heap[0]
      if (top === undefined || this.#current.get(top.key) === top) return top
      this.#removeTop()
    }
  }

  /** Takes out what is due at the earliest time, if that is not after `limit`, in the order it was set. */
  takeEarliest(limit: number): { readonly at: number; readonly keys: readonly string[] } | undefined {
    const first = this.peek()
    if (!first || first.at > limit) return undefined
    const keys: string[] = []
    for (let top = this.peek(); top && top.at === first.at; top = this.peek()) {
      keys.push(top.key)
      this.#current.delete(top.key)
      this.#removeTop()
    }
    return { at: first.at, keys }
  }

  #removeTop(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink(0)
  }

  #rebuild(): void {
    this.#heap = [...this.#current.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1))
  }

  #rise(from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#swapIfBefore(at, parent)) return
      at = parent
    }
  }

  #sink(from: number): void {
    let at = from
    for (;;) {
      const left = 2 * at + 1
      const right = left + 1
      const smaller = this.#isBefore(right, left) ? right : left
      if (!this.#swapIfBefore(smaller, at)) return
      at = smaller
    }
  }

  #isBefore(a: number, b: number): boolean {
    const one = this.#heap[a]
    const other = this.#heap[b]
    return one !== undefined && other !== undefined && isBefore(one, other)
  }

  #swapIfBefore(child: number, parent: number): boolean {
    const one = this.#heap[child]
    const other = this.#heap[parent]
    if (one === undefined || other === undefined || !isBefore(one, other)) return false
    this.#heap[child] = other
    this.#heap[parent] = one
    return true
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at !== b.at ? a.at < b.at : a.order < b.order
}
