import { expect, test } from 'vitest'
import { recentPlaybook } from '../../../functions/intake/submit-form.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'

const first = makePlaybook({ version: 'first' })
const second = makePlaybook({ version: 'second' })

const world = () => {
  const seen = { now: '2026-03-02T09:00:00.000Z', live: second, asked: 0, down: false, failures: 0 }
  const current = recentPlaybook({
    current: async () => {
      seen.asked += 1
      if (seen.down) throw new Error('the table is down')
      return seen.live
    },
    first,
    clock: () => seen.now,
    failed: () => {
      seen.failures += 1
    },
  })
  return { seen, current }
}

test('asks once in half a minute', async () => {
  const { seen, current } = world()
  expect(await current()).toBe(second)
  seen.live = first
  seen.now = '2026-03-02T09:00:29.999Z'
  expect(await current()).toBe(second)
  expect(seen.asked).toBe(1)
  seen.now = '2026-03-02T09:00:30.000Z'
  expect(await current()).toBe(first)
})

test('goes on with the deployed one, then with the last known, where the table cannot be read', async () => {
  const { seen, current } = world()
  seen.down = true
  expect(await current()).toBe(first)
  expect(await current()).toBe(first)
  expect([seen.asked, seen.failures]).toEqual([1, 1])
  seen.down = false
  seen.now = '2026-03-02T09:00:30.000Z'
  expect(await current()).toBe(second)
  seen.down = true
  seen.now = '2026-03-02T09:01:00.000Z'
  expect(await current()).toBe(second)
})
