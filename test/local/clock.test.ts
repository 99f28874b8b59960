import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readOffset, VirtualClock, writeOffset } from '../../local/clock.ts'
import { parseDuration, Timekeeper } from '../../local/control/timekeeper.ts'

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

test.each(['1000000000000w', '8000000d', `${'9'.repeat(400)}d`])('goes nowhere by %s', async (text) => {
  const clock = new VirtualClock()
  const timekeeper = keep(clock)
  expect(await timekeeper.advance(parseDuration(text) ?? Number.NaN, 1000)).toBeUndefined()
  expect(clock.offsetMs).toBe(0)
  expect(await timekeeper.advance(1000, 1000)).toEqual({ fired: 0, settled: true })
})

test('goes into the year 9999, and no step further', async () => {
  const clock = new VirtualClock()
  const timekeeper = keep(clock)
  const left = Date.parse('9999-12-30T00:00:00Z') - clock.now()
  expect(await timekeeper.advance(left, 1000)).toMatchObject({ settled: true })
  const both = await Promise.all([timekeeper.advance(86_000_000, 1000), timekeeper.advance(86_000_000, 1000)])
  expect(both).toEqual([{ fired: 0, settled: true }, undefined])
  expect(new Date(clock.now()).toISOString()).toMatch(/^9999-12-30/)
})

test.each([1e30, Number.MAX_VALUE, -5, 253_402_300_799_999])(
  'takes no offset of %d ms from its file',
  (offsetMs) => {
    const file = join(mkdtempSync(join(tmpdir(), 'clock-')), 'clock.json')
    writeOffset(file, offsetMs)
    expect(readOffset(file)).toBe(0)
    writeOffset(file, 86_400_000)
    expect(readOffset(file)).toBe(86_400_000)
  },
)

const keep = (clock: VirtualClock) =>
  new Timekeeper({
    clock,
    nextSchedule: () => undefined,
    nextMessage: () => undefined,
    fireDue: async () => 0,
    isQuiet: () => true,
    jumped: () => undefined,
    hurry: () => undefined,
    onError: () => undefined,
  })
