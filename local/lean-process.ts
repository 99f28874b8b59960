import { setFlagsFromString } from 'node:v8'
import type { Activity } from './activity.ts'

/**
 * Much is young on this thread, and dies young: it is given room, in MB. Each heap is cleared by its own thread alone: helpers
 * would take the cores from the other threads. A heap doubles before it is cleared as a whole: this thread's would else grow to four
 * times of what it needs. What is of no use any more may be cleared at other times, too.
 */
const FLAGS = [
  '--max-semi-space-size=32',
  '--single-threaded-gc',
  '--heap-growing-percent=100',
  '--expose-gc',
]
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

const REST_MS = 5_000

/**
 * Clears the heap of this thread whenever nothing has been under way for five seconds. V8 would when it needs room: what was of use while
 * the runner started, or was at work, would stay for as long as nobody asks anything of it. @returns what ends that
 */
export function clearAtRest(activity: Activity): () => void {
  let seen = -1
  let cleared = -1
  const timer = setInterval(() => {
    const { begun, idle } = activity
    if (idle && begun === seen && begun !== cleared) {
      cleared = begun
      globalThis.gc?.({ type: 'major', flavor: 'last-resort', execution: 'async' })
    }
    seen = begun
  }, REST_MS)
  timer.unref()
  return () => clearInterval(timer)
}
