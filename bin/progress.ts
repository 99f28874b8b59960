/**
 * A bar where somebody watches; elsewhere a line for each quarter. Where there are more than `total`, or nobody knows how many,
 * a line whenever twice as many are done. Call the answer with how many more are done.
 */
export const makeProgress = (what: string, total: number) => {
  let done = 0
  let next = total + 1
  return (more: number): void => {
    const quarter = Math.floor((done / total) * 4)
    done += more
    if (done > total) {
      if (done >= next) console.log(`${what}: ${done}`)
      next = Math.max(next, 2 * done)
      return
    }
    const filled = Math.round((done / total) * 30)
    if (process.stdout.isTTY) {
      const bar = '#'.repeat(filled).padEnd(30)
      process.stdout.write(`\r${what} [${bar}] ${done}/${total}${done >= total ? '\n' : ''}`)
    } else if (Math.floor((done / total) * 4) > quarter) console.log(`${what}: ${done}/${total}`)
  }
}
