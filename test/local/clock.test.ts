import { expect, test } from 'vitest'
import { VirtualClock } from '../../local/clock.ts'

test('moves forward and runs on from there', () => {
  const clock = new VirtualClock()
  const target = Date.now() + 3 * 86_400_000
  clock.moveTo(target)
  expect(clock.now()).toBeGreaterThanOrEqual(target)
  expect(clock.now()).toBeLessThan(target + 1000)
})

test('never moves backwards', () => {
  const clock = new VirtualClock(86_400_000)
  const before = clock.now()
  clock.moveTo(before - 1000)
  expect(clock.now()).toBeGreaterThanOrEqual(before)
})

test('shares its offset through memory', () => {
  const clock = new VirtualClock(1500)
  expect(new Float64Array(clock.buffer)[0]).toBe(1500)
  clock.moveTo(clock.now() + 60_000)
  expect(new Float64Array(clock.buffer)[0]).toBe(clock.offsetMs)
  expect(new VirtualClock(clock.offsetMs).now()).toBeGreaterThanOrEqual(Date.now() + 61_000)
})
