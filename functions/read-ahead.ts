/**
 * Makes calls whose answers are about to be asked for: reads that begin at the same moment share a request. Whoever makes
 * one of them first is given its answer, a failure too; whoever makes it again reads what stands by then.
 * @param given what goes into each call, as JSON can tell it apart.
 */
export const readAhead = <Given extends readonly unknown[], Answer>(
  call: (...given: Given) => Promise<Answer>,
  given: readonly Given[],
): ((...asked: Given) => Promise<Answer>) => {
  const begun = new Map<string, Promise<Answer>>()
  for (const one of given) {
    const name = JSON.stringify(one)
    if (!begun.has(name)) begun.set(name, call(...one))
  }
  // That nobody asks is no unhandled rejection.
  for (const answer of begun.values()) answer.catch(() => undefined)
  return (...asked) => {
    const name = JSON.stringify(asked)
    const answer = begun.get(name)
    begun.delete(name)
    return answer ?? call(...asked)
  }
}
