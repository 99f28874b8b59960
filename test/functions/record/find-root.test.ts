import { expect, test } from 'vitest'
import { type LeadId, parseLeadId } from '../../../domain/model/activity.ts'
import { memoryLeads } from '../../../functions/adapters/memory-leads.ts'
import { Conflict } from '../../../functions/ports.ts'
import { makeFindRoot } from '../../../functions/record/record-lead.ts'
import { fact } from '../../domain/support/facts.ts'

const idOf = (text: string): LeadId => {
  const leadId = parseLeadId(`lead-${text}`)
  if (!leadId) throw new Error(text)
  return leadId
}
const [a, b, c] = [idOf('aaaa'), idOf('bbbb'), idOf('cccc')]
const join = (leadId: LeadId) => fact(`join:${leadId}`, 'lead.merged', '03-05T09:00', { leadId })

const world = () => {
  const leads = memoryLeads()
  return {
    leads,
    findRoot: makeFindRoot({ leads, claims: leads.claims }),
    begin: (leadId: LeadId, into: LeadId) => leads.claims.begin({ leadId, version: 0 }, into, join(leadId)),
    confirm: (leadId: LeadId) => leads.claims.confirm(leadId, join(leadId).id),
  }
}

test('merges on the way are confirmed, and waiting to be carried on', async () => {
  const { leads, findRoot, begin } = world()
  await begin(c, b)
  await begin(b, a)
  const root = await findRoot(c)
  expect([root.leadId, root.lead]).toEqual([a, undefined])
  expect(root.begun.map(({ leadId }) => leadId)).toEqual([c, b])
  expect([b, c].map((leadId) => leads.items.get(leadId)?.merge?.confirmed)).toEqual([true, true])
})

test('a circle is opened where it was not confirmed, and nowhere else', async () => {
  const { leads, findRoot, begin, confirm } = world()
  await begin(a, b)
  await confirm(a)
  await begin(b, c)
  await begin(c, a)
  await confirm(c)
  await expect(findRoot(a)).rejects.toBeInstanceOf(Conflict)
  expect([a, b, c].map((leadId) => leads.items.get(leadId)?.mergedInto)).toEqual([b, undefined, a])
  expect((await findRoot(c)).leadId).toBe(b)
})

test('a circle that somebody confirmed is a defect, not a conflict', async () => {
  const { findRoot, begin, confirm } = world()
  await begin(a, b)
  await begin(b, a)
  await Promise.all([confirm(a), confirm(b)])
  await expect(findRoot(a)).rejects.toThrow('circle')
})
