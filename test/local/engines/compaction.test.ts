import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Compaction } from '../../../local/engines/dynamodb-engine.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A store whose files take so long to be rewritten. @returns when each round began, in seconds. */
const storeOf = (tookMs: number) => {
  const begun: number[] = []
  const start = performance.now()
  let rewrites = 0
  return {
    begun,
    put: async () => undefined,
    compactRange: async () => {
      // Two to a round.
      rewrites += 1
      if (rewrites % 2 === 1) begun.push(Math.round((performance.now() - start) / 1_000))
      await new Promise((resolve) => setTimeout(resolve, tookMs / 2))
    },
  }
}

/** Something is deleted every second. */
const deleteFor = async (compaction: Compaction, seconds: number): Promise<void> => {
  for (let second = 0; second < seconds; second += 1) {
    compaction.soon()
    await vi.advanceTimersByTimeAsync(1_000)
  }
}

test('files are rewritten half a minute after something was deleted', async () => {
  const store = storeOf(100)
  await deleteFor(new Compaction(store), 100)
  expect(store.begun).toEqual([30, 60, 90])
})

test('what takes long is done seldom: at most a twentieth of the time goes by with it', async () => {
  const store = storeOf(10_000)
  await deleteFor(new Compaction(store), 700)
  // The second was asked for while nobody knew how long the first would take.
  expect(store.begun).toEqual([30, 60, 260, 460, 660])
})
