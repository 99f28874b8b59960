import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Compaction } from '../../../local/engines/compaction.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A store whose file takes so long to be written anew. @returns when each round began, in seconds. */
const storeOf = (tookMs: number) => {
  const begun: number[] = []
  const start = performance.now()
  const rewrite = () => {
    begun.push(Math.round((performance.now() - start) / 1_000))
    vi.advanceTimersByTime(tookMs)
  }
  return { begun, rewrite }
}

/** Something is deleted every second. */
const deleteFor = (compaction: Compaction, seconds: number): void => {
  const end = performance.now() + seconds * 1_000
  while (performance.now() < end) {
    compaction.soon()
    vi.advanceTimersByTime(1_000)
  }
}

test('the file is written anew half a minute after something was deleted', () => {
  const store = storeOf(100)
  deleteFor(new Compaction(store), 100)
  expect(store.begun).toEqual([30, 60, 90])
})

test('what takes long is done seldom: a fiftieth of the time goes by with it', () => {
  const store = storeOf(4_000)
  deleteFor(new Compaction(store), 700)
  // The second was asked for when nobody knew how long the first would take.
  expect(store.begun).toEqual([30, 234, 438, 642])
})

test('it waits for a rest while somebody asks for items, for an hour at most', () => {
  const store = storeOf(100)
  const compaction = new Compaction(store)
  const askFor = (seconds: number): void => {
    for (let second = 0; second < seconds; second += 1) {
      compaction.asked()
      vi.advanceTimersByTime(1_000)
    }
  }
  compaction.soon()
  askFor(60)
  expect(store.begun).toEqual([])
  vi.advanceTimersByTime(10_000)
  expect(store.begun).toEqual([64])
  compaction.soon()
  askFor(4_000)
  expect(store.begun).toEqual([64, 70 + 30 + 3_600])
})

test('what cannot be written is tried again, and is told at the end', () => {
  let rounds = 0
  const compaction = new Compaction({
    rewrite: () => {
      rounds += 1
      throw new Error('database or disk is full')
    },
  })
  deleteFor(compaction, 65)
  expect(rounds).toBe(2)
  expect(() => compaction.end()).toThrow('disk is full')
})
