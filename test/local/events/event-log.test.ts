import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EventLog } from '../../../local/events/event-bus.ts'
import { runs } from '../../support/runs.ts'

const text = (type: string, detail: unknown = {}) => JSON.stringify({ 'detail-type': type, detail })

it('keeps the last events as they were written, however many came before', () => {
  const sizes = fc.record({
    limit: fc.integer({ min: 1, max: 400 }),
    events: fc.integer({ min: 0, max: 900 }),
  })
  fc.assert(
    fc.property(sizes, fc.jsonValue(), ({ limit, events }, detail) => {
      const log = new EventLog(limit)
      const added = Array.from({ length: events }, (_, index) => text(`T${index}`, detail))
      for (const one of added) log.add(one)
      expect(log.list()).toEqual(added.slice(-limit))
    }),
    { numRuns: runs(30) },
  )
})

it('lists by type, not by what a detail holds', () => {
  const log = new EventLog(1000)
  for (let index = 0; index < 150; index += 1) log.add(text(index % 2 ? 'A' : 'B', { name: 'A', index }))
  expect(log.list('A')).toHaveLength(75)
  expect(log.list('A')[0]).toBe(text('A', { name: 'A', index: 1 }))
  expect(log.list('C')).toEqual([])
})
