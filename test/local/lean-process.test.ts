import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Activity } from '../../local/activity.ts'
import { clearAtRest } from '../../local/lean-process.ts'

const clear = vi.fn()
beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('gc', clear)
  clear.mockReset()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('the heap is cleared once for each time that the runner comes to rest', () => {
  const activity = new Activity()
  const end = clearAtRest(activity)
  vi.advanceTimersByTime(60_000)
  expect(clear).toHaveBeenCalledTimes(1)

  const finish = activity.begin()
  vi.advanceTimersByTime(60_000)
  expect(clear).toHaveBeenCalledTimes(1)

  finish()
  for (let second = 0; second < 60; second += 1) {
    activity.begin()()
    vi.advanceTimersByTime(1_000)
  }
  expect(clear).toHaveBeenCalledTimes(1)

  vi.advanceTimersByTime(60_000)
  expect(clear).toHaveBeenCalledTimes(2)

  activity.begin()()
  end()
  vi.advanceTimersByTime(60_000)
  expect(clear).toHaveBeenCalledTimes(2)
})
