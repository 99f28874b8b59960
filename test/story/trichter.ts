import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Trichter as a user starts it: the command of the README in a process of its own. */
export interface Trichter {
  readonly url: string
  readonly process: ChildProcess
  /** What it printed so far. */
  output(): string
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL: no chance to tidy up. */
  kill(): Promise<void>
}

const readyWithin = 180_000

/**
 * Runs `npm start` with `options` in `folder` on a free port, and Node with options of its own, and waits until it is
 * ready. @throws with everything printed when it does not get there.
 */
export const startTrichter = async (
  options: readonly string[] = ['--memory'],
  folder = process.cwd(),
  nodeOptions: readonly string[] = [],
): Promise<Trichter> => {
  const child = spawn(process.execPath, [...nodeOptions, 'local/start.ts', '--port', '0', ...options], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0' },
  })
  let printed = ''
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  // Whoever ends over an error of its own leaves no runner behind.
  const end = (): boolean => child.kill('SIGKILL')
  process.once('exit', end)
  void exited.then(() => process.off('exit', end))
  const ready = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in time:\n${printed}`)), readyWithin)
    const read = (line: string): void => {
      printed += `${line}\n`
      const address = /https?:\/\/127\.0\.0\.1:\d+/.exec(line)
      if (address) {
        clearTimeout(timer)
        resolve(address[0])
      }
    }
    createInterface({ input: child.stdout }).on('line', read)
    createInterface({ input: child.stderr }).on('line', (line) => {
      printed += `${line}\n`
    })
    void exited.then((code) => reject(new Error(`ended with ${code} before it was ready:\n${printed}`)))
  })
  return {
    url: await ready,
    process: child,
    output: () => printed,
    stop: () => {
      child.kill('SIGTERM')
      return exited
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
