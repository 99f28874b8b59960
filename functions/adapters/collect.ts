interface Waiting<Asked, Answer> {
  readonly asked: Asked
  resolve(answer: Answer): void
  reject(reason: unknown): void
}

/** How long something waits for others of its kind, in ms; 0: until the event loop comes round. */
export type Gather = () => number

/**
 * Collects what is asked for within a moment, then hands it on in groups of at most `limit`. A group that fails is tried
 * again one by one, so that what is wrong with one does not become the fault of its neighbours.
 */
export const collect = <Asked, Answer>(
  limit: number,
  handle: (group: readonly Asked[]) => Promise<readonly Answer[]>,
  gather: Gather = () => 0,
): ((asked: Asked) => Promise<Answer>) => {
  let waiting: Waiting<Asked, Answer>[] = []
  const answer = async (group: readonly Waiting<Asked, Answer>[]): Promise<void> => {
    try {
      const answers = await handle(group.map(({ asked }) => asked))
      for (const [index, { resolve }] of group.entries()) resolve(answers[index] as Answer)
    } catch (error) {
      const [only, next] = group
      if (only && !next) only.reject(error)
      else for (const one of group) void answer([one])
    }
  }
  const flush = (): void => {
    const all = waiting
    waiting = []
    for (let from = 0; from < all.length; from += limit) void answer(all.slice(from, from + limit))
  }
  return (asked) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) {
        const ms = gather()
        if (ms > 0) setTimeout(flush, ms)
        else setImmediate(flush)
      }
      waiting.push({ asked, resolve, reject })
    })
}
