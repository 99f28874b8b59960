import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PREFIX = 'in-use-by-'

/** Says that this process runs from `folder`: as long as it lives nobody removes it. */
export function markInUse(folder: string, pid = process.pid): void {
  writeFileSync(join(folder, `${PREFIX}${pid}`), '')
}

/** Whether a process that is still alive runs from `folder`. Marks of others are taken away. */
export function isInUse(folder: string): boolean {
  const marks = readdirSync(folder).filter((name) => name.startsWith(PREFIX))
  const dead = marks.filter((name) => !isAlive(Number(name.slice(PREFIX.length))))
  for (const name of dead) rmSync(join(folder, name), { force: true })
  return dead.length < marks.length
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // There is such a process, and it is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
