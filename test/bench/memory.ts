import { readFile } from 'node:fs/promises'
import type { Row } from './table.ts'

/** The runner is one process, its functions are threads of it: what the kernel says of the process is all of it. */
export const measureMemory = async (pid: number | undefined): Promise<readonly Row[]> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const megabytes = (field: string): number => {
    const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]
    if (!found) throw new Error(`/proc/${pid}/status has no ${field}`)
    return Number(found) / 1024
  }
  return [
    { what: 'after the load', value: megabytes('VmRSS'), unit: 'MB', aim: 'reference 550' },
    { what: 'at its peak', value: megabytes('VmHWM'), unit: 'MB' },
  ]
}
