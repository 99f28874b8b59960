/** How often each operation was called and by whom: a function, a rule, a group of schedules or `local`. */
export class Counts {
  readonly #counts = new Map<string, number>()

  /** @param times how many requests it took */
  add(service: string, operation: string, caller: string, times = 1): void {
    const key = `${service} ${operation} ${caller}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + times)
  }

  list(): { service: string; operation: string; function: string; count: number }[] {
    return [...this.#counts].map(([key, count]) => {
      const [service = '', operation = '', caller = ''] = key.split(' ')
      return { service, operation, function: caller, count }
    })
  }

  clear(): void {
    this.#counts.clear()
  }
}
