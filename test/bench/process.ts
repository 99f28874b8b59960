import { readdir, readFile } from 'node:fs/promises'

/** A kernel tick in milliseconds: Linux tells programs of hundredths of a second, whatever it counts in. */
const tick = 10

/** The name before may hold spaces; utime and stime are the 14th and 15th of all. */
const cpuIn = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tick
}

/** Milliseconds of processor time of a process and of all threads that it ever had. */
export const cpuOf = async (pid: number | undefined): Promise<number> =>
  cpuIn(await readFile(`/proc/${pid}/stat`, 'utf8'))

/** MB. */
interface Memory {
  readonly whole: number
  /** Of it files that the kernel shows the process, and takes back where somebody needs the room. */
  readonly mapped: number
  readonly peak: number
}

export const memoryOf = async (pid: number | undefined): Promise<Memory> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const megabytes = (field: string): number => {
    const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]
    if (!found) throw new Error(`/proc/${pid}/status has no ${field}`)
    return Number(found) / 1024
  }
  return { whole: megabytes('VmRSS'), mapped: megabytes('RssFile'), peak: megabytes('VmHWM') }
}

/** Milliseconds by the names of threads, of those that end, too. What one did after it was looked at last is not among them. */
export class ThreadTimes {
  readonly #pid: number
  readonly #threads = new Map<string, { name: string; cpu: number }>()

  constructor(pid: number) {
    this.#pid = pid
  }

  async look(): Promise<void> {
    const folder = `/proc/${this.#pid}/task`
    const read = async (thread: string): Promise<void> => {
      const stat = await readFile(`${folder}/${thread}/stat`, 'utf8').catch(() => undefined)
      if (stat === undefined) return
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
      this.#threads.set(thread, { name, cpu: cpuIn(stat) })
    }
    await Promise.all((await readdir(folder)).map(read))
  }

  byName(): ReadonlyMap<string, number> {
    const sums = new Map<string, number>()
    for (const { name, cpu } of this.#threads.values()) sums.set(name, (sums.get(name) ?? 0) + cpu)
    return sums
  }
}

const yardstickRounds = 200

/** Milliseconds of processor time that a fixed piece of work takes now: how fast the machine is while something else is measured. */
export const measureYardstick = (): number => {
  const begun = process.cpuUsage()
  let text = JSON.stringify(Array.from({ length: 100 }, (_, index) => ({ index, name: `name ${index}` })))
  for (let round = 0; round < yardstickRounds; round += 1) text = JSON.stringify(JSON.parse(text))
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / 1_000
}
