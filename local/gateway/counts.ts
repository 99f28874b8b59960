/** How often each operation was called and by whom. */
export class Counts {
  readonly #counts = new Map<string, number>()

  add(service: string, operation: string, caller: string): void {
    const key = `${service} ${operation} ${caller}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
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
