import { setFlagsFromString } from 'node:v8'

/**
 * Much is young on this thread, and dies young: it is given room, in MB. Each heap is cleared by its own thread alone: helpers
 * would take the cores from the other threads. A heap doubles before it is cleared as a whole: this thread's would else grow to four
 * times of what it needs.
 */
const FLAGS = ['--max-semi-space-size=8', '--single-threaded-gc', '--heap-growing-percent=100']
/**
 * Every thread would else get a heap of native memory of its own, none of which shrinks again. What is larger than 128 KB is given
 * back as soon as it is free: the C library would else raise that bound to what was largest.
 */
const NATIVE_MEMORY = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
}

/** Lets threads that begin from here on have as much room for what is young as each of them is started with. */
const OWN_ROOM = '--max-semi-space-size=0'

/** In bytes, as before Node 24: a small buffer that is kept, such as a packed email, holds on to all that it was cut from. */
const BUFFER_POOL = 8 * 1024

/**
 * Starts this program once more in place of itself, with options that V8 and the C library read at their start only:
 * the same process, its output and its id. Returns where that is done already, or where the system has no such call.
 */
export function becomeLean(): void {
  Buffer.poolSize = BUFFER_POOL
  if (process.platform === 'win32' || process.execve === undefined) return
  if (FLAGS.every((flag) => process.execArgv.includes(flag))) {
    setFlagsFromString(OWN_ROOM)
    return
  }
  const args = [process.execPath, ...FLAGS, ...process.execArgv, ...process.argv.slice(1)]
  process.execve(process.execPath, args, { ...NATIVE_MEMORY, ...process.env })
}
