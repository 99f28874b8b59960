import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DueQueue } from '../../../local/scheduler/schedule-store.ts'

const change = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  at: fc.option(fc.nat({ max: 20 })),
})

test('gives back what is set last for each key, in the order of time', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
      const queue = new DueQueue()
      const expected = new Map<string, number>()
      for (const { key, at } of changes) {
        if (at === null) queue.delete(key)
        else queue.set(key, at)
        if (at === null) expected.delete(key)
        else expected.set(key, at)
      }
      expect(queue.size).toBe(expected.size)
      const taken: [string, number][] = []
      for (let due = queue.takeEarliest(20); due; due = queue.takeEarliest(20)) {
        for (const key of due.keys) taken.push([key, due.at])
      }
      expect(new Map(taken)).toEqual(expected)
      expect(taken.map(([, at]) => at)).toEqual([...expected.values()].sort((a, b) => a - b))
    }),
  )
})

test('leaves what is due later', () => {
  const queue = new DueQueue()
  queue.set('late', 10)
  queue.set('soon', 5)
  expect(queue.takeEarliest(9)).toEqual({ at: 5, keys: ['soon'] })
  expect(queue.takeEarliest(9)).toBe(undefined)
  expect(queue.peek()).toMatchObject({ at: 10, key: 'late' })
})
