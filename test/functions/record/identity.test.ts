import { expect, test } from 'vitest'
import { compileRules } from '../../../domain/rules/rules.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { activityOfAnna, recordWorld } from './record-world.ts'

const { settings } = makePlaybook()
const worldWith = (identity: NonNullable<typeof settings.identity>) =>
  recordWorld(compileRules(makePlaybook({ settings: { ...settings, identity } })))

const from = (email: string, id: string) => ({ ...activityOfAnna(id, 'page.viewed', 2), subject: { email } })

test.each([
  [{}, 2],
  [{ plusTags: 'distinct' }, 2],
  [{ plusTags: 'same' }, 1],
] as const)('addresses with and without a tag under %j are %i leads', async (identity, count) => {
  const world = worldWith(identity)
  await world.record([activityMessage(from('anna@example.com', 'a'))])
  await world.record([activityMessage(from('anna+news@example.com', 'b'))])
  expect(world.leads.items.size).toBe(count)
})

test('the lead keeps the address that was known first', async () => {
  const world = worldWith({ plusTags: 'same' })
  await world.record([activityMessage(from('anna+news@example.com', 'b'))])
  await world.record([activityMessage(from('anna@example.com', 'a'))])
  expect(world.lead().email).toBe('anna+news@example.com')
})

test.each([
  [{ case: 'same' }, ['anna@example.com']],
  [{ case: 'distinct' }, ['Anna@example.com', 'anna@example.com']],
] as const)('addresses in other cases under %j', async (identity, emails) => {
  const world = worldWith(identity)
  await world.record([
    activityMessage(from('Anna@example.com', 'a')),
    activityMessage(from('anna@example.com', 'b')),
  ])
  expect([...world.leads.items.values()].map(({ email }) => email).sort()).toEqual(emails)
})

test('what is published counts from the next message on, in a recorder that has worked before', async () => {
  let live = compileRules(makePlaybook({ settings: { ...settings, identity: { plusTags: 'distinct' } } }))
  const { ports, leads } = recordWorld()
  const record = makeRecordActivities({ ...ports, currentRules: async () => live })
  await record([activityMessage(from('anna@example.com', 'a'))])
  live = compileRules(makePlaybook({ settings: { ...settings, identity: { plusTags: 'same' } } }))
  await record([
    activityMessage(from('anna+news@example.com', 'b')),
    activityMessage(from('anna+offers@example.com', 'c')),
  ])
  expect(leads.items.size).toBe(1)
})
