import { watch } from 'node:fs'
import { sep } from 'node:path'

const QUIET_MS = 300

/**
 * Calls back when something below the folder was saved and then nothing for a moment: editors write a file in several
 * steps. What is saved meanwhile is taken up when the callback is done, never beside it. Keeps no process alive.
 * @param ignored of paths within the folder, with slashes.
 */
export function watchFolder(
  folder: string,
  ignored: RegExp,
  changed: () => Promise<void>,
): { close(): void } {
  let timer: NodeJS.Timeout | undefined
  let isBusy = false
  let isDue = false
  const take = async () => {
    if (isBusy) return
    isBusy = true
    while (isDue) {
      isDue = false
      // It says itself what went wrong; the next save is the next try.
      await changed().catch(() => undefined)
    }
    isBusy = false
  }
  const watcher = watch(folder, { recursive: true, persistent: false }, (_, file) => {
    if (file !== null && ignored.test(file.replaceAll(sep, '/'))) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      isDue = true
      void take()
    }, QUIET_MS).unref()
  })
  watcher.on('error', () => watcher.close())
  return {
    close: () => {
      clearTimeout(timer)
      watcher.close()
    },
  }
}
