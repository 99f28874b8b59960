import { memoryOf } from './process.ts'
import type { Row } from './table.ts'

/** The runner is one process, its functions are threads of it: what the kernel says of the process is all of it. */
export const measureMemory = async (pid: number | undefined): Promise<readonly Row[]> => {
  const { whole, mapped, peak } = await memoryOf(pid)
  return [
    { what: 'after the load', value: whole, unit: 'MB', aim: 'reference 550' },
    { what: '… of it files that the kernel shows it', value: mapped, unit: 'MB' },
    { what: 'at its peak', value: peak, unit: 'MB' },
  ]
}
