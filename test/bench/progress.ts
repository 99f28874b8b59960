/** A bar on standard error for what takes longer than a moment; nothing where nobody watches. */
export const makeProgress = (what: string, total: number) => {
  let done = 0
  return (more = 1): void => {
    done += more
    if (!process.stderr.isTTY) return
    const filled = Math.round((done / total) * 30)
    process.stderr.write(`\r  ${what} [${'#'.repeat(filled)}${' '.repeat(30 - filled)}] ${done}/${total}`)
    if (done >= total) process.stderr.write('\n')
  }
}

/** Runs `task` for every item, `width` at a time. */
export const inParallel = async <Item>(
  items: readonly Item[],
  width: number,
  task: (item: Item) => Promise<unknown>,
): Promise<void> => {
  const waiting = items.values()
  const work = async (): Promise<void> => {
    for (const item of waiting) await task(item)
  }
  await Promise.all(Array.from({ length: width }, work))
}
