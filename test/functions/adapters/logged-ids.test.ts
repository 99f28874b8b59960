import { expect, test, vi } from 'vitest'
import type { Activity } from '../../../domain/model/activity.ts'
import { loggedBus, loggedTokens } from '../../../functions/adapters/logger.ts'
import type { Bus, Tokens } from '../../../functions/ports.ts'
import { leadId } from '../../domain/support/facts.ts'

const activity = (id: string): Activity => ({
  id,
  type: 'page.viewed',
  subject: { email: 'anna@example.com' },
  occurredAt: '2026-03-02T09:00:00.000Z',
  timeAssumed: false,
  properties: {},
})

test.each<[readonly string[], object]>([
  [['f1'], { correlationId: 'f1' }],
  [['f1', 'f1', 'f2'], { correlationIds: ['f1', 'f2'] }],
  [['anna@example.com', 'Anna Berg', 'f3'], { correlationId: 'f3' }],
  [['anna@example.com'], {}],
  [Array.from({ length: 500 }, (_, at) => `f${at}`), { correlationIds: ['f0', 'f1', 'f2', 'f3', 'f4'] }],
])('of what was put on the bus a line names the ids, and nothing like an address', async (ids, keys) => {
  const appendKeys = vi.fn()
  const submit = vi.fn(async (_: readonly Activity[]) => {})
  await loggedBus({ submit, publish: async () => {} }, { appendKeys }).submit(ids.map(activity))
  expect(submit).toHaveBeenCalledOnce()
  expect(appendKeys.mock.calls).toEqual([[keys]])
})

test('what the bus did not take is not named', async () => {
  const appendKeys = vi.fn()
  const bus = loggedBus<Bus>(
    { submit: () => Promise.reject(new Error('busy')), publish: async () => {} },
    { appendKeys },
  )
  await expect(bus.submit([activity('f1')])).rejects.toThrow('busy')
  expect(appendKeys).not.toHaveBeenCalled()
})

test('a line names the lead of a good link, and nobody for a forged one', () => {
  const appendKeys = vi.fn()
  const verify: Tokens['verify'] = (_, token) => (token === 'good' ? { leadId, data: {} } : undefined)
  const tokens = loggedTokens({ sign: () => 'good', verify }, { appendKeys })
  expect(tokens.verify('confirm', 'forged', 'now')).toBeUndefined()
  expect(appendKeys).not.toHaveBeenCalled()
  expect(tokens.verify('confirm', 'good', 'now')).toEqual({ leadId, data: {} })
  expect(appendKeys.mock.calls).toEqual([[{ leadId }]])
})
