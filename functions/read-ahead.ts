/**
 * Makes a call whose answer is about to be asked for: reads that begin at the same moment share a request. Whoever makes
 * the same call first is given that answer, a failure too; whoever makes it again reads what stands by then.
 */
export const readAhead = <Given extends readonly unknown[], Answer>(
  call: (...given: Given) => Promise<Answer>,
  ...given: Given
): ((...asked: Given) => Promise<Answer>) => {
  let begun: Promise<Answer> | undefined = call(...given)
  // That nobody asks is no unhandled rejection.
  begun.catch(() => undefined)
  return (...asked) => {
    const answer = given.every((value, index) => value === asked[index]) ? begun : undefined
    if (!answer) return call(...asked)
    begun = undefined
    return answer
  }
}
