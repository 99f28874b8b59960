/** A bar where somebody watches; elsewhere a line for each quarter. Call the answer with how many more are done. */
export const makeProgress = (what: string, total: number) => {
  let done = 0
  return (more: number): void => {
    const quarter = Math.floor((done / total) * 4)
    done += more
    const filled = Math.round((done / total) * 30)
    if (process.stdout.isTTY) {
      const bar = '#'.repeat(filled).padEnd(30)
      process.stdout.write(`\r${what} [${bar}] ${done}/${total}${done >= total ? '\n' : ''}`)
    } else if (Math.floor((done / total) * 4) > quarter) console.log(`${what}: ${done}/${total}`)
  }
}
