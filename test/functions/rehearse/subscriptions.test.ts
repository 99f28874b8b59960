import { expect, test } from 'vitest'
import { subscriptions } from '../../../functions/rehearse/workers.ts'
import { asList, isRecord } from '../../lib/plain-text.ts'
import { ofType, synthFixture } from '../../lib/synth-fixture.ts'

const { app } = synthFixture()

/** By event: the workers whose rule on the bus of activities lets it through. */
const deployed = (): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>()
  for (const [id, { Properties }] of ofType(app, 'AWS::Events::Rule')) {
    const queue = /^(\w+)WorkRule/.exec(id)?.[1]?.toLowerCase()
    // What comes from browsers waits in a line of its own for the same worker.
    const worker = queue === 'browser' ? 'record' : queue
    const types = isRecord(Properties.EventPattern)
      ? asList(Properties.EventPattern['detail-type'] ?? [])
      : []
    for (const type of types)
      found.set(String(type), [...new Set([...(found.get(String(type)) ?? []), worker ?? id])])
  }
  return found
}

/** No playbook is published in the middle of a rehearsal. */
const unheardOf = new Set(['PlaybookPublished'])

test('a rehearsal delivers every event to those to whom the deployed bus does', () => {
  const rehearsed = new Map(Object.entries(subscriptions))
  expect(rehearsed).toEqual(new Map([...deployed()].filter(([type]) => !unheardOf.has(type))))
})
