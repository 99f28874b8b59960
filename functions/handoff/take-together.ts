/** What became of one of several: its result, or why there is none. */
export type Outcome<Result> =
  | { readonly type: 'done'; readonly result: Result }
  | { readonly type: 'failed'; readonly error: unknown }

interface Waiting<Wish, Result> {
  readonly wish: Wish
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Within this container work with the same name never meets itself: whatever is asked for while some is under way waits,
 * and is then done together.
 * @param work one outcome for each wish, in their order; what it throws becomes of all of them.
 */
export const takeTogether = <Wish, Result>(
  work: (wishes: readonly Wish[]) => Promise<readonly Outcome<Result>[]>,
): ((name: string, wish: Wish) => Promise<Result>) => {
  const lines = new Map<string, Waiting<Wish, Result>[]>()

  const takeAll = async (group: readonly Waiting<Wish, Result>[]): Promise<void> => {
    try {
      const outcomes = await work(group.map(({ wish }) => wish))
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index]
        if (outcome?.type === 'done') resolve(outcome.result)
        else reject(outcome?.error)
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  const workOff = async (name: string, line: Waiting<Wish, Result>[]): Promise<void> => {
    while (line.length > 0) await takeAll(line.splice(0))
    lines.delete(name)
  }

  return (name, wish) =>
    new Promise((resolve, reject) => {
      const line = lines.get(name)
      const waiting = { wish, resolve, reject }
      if (line) {
        line.push(waiting)
        return
      }
      const begun = [waiting]
      lines.set(name, begun)
      void workOff(name, begun)
    })
}
