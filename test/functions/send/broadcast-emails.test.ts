import { expect, test } from 'vitest'
import type { LeadId } from '../../../domain/model/activity.ts'
import { emailRequestOf } from '../../../domain/model/email-request.ts'
import { askFor, sequenceOfBroadcast } from '../../../domain/sending/broadcast.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { address, cause, sendWorld, start } from './send-world.ts'

const broadcast = { broadcastId: 'b1', email: 'welcome', playbookVersion: 'v1' }
const requestTo = (one: LeadId, email = 'welcome') =>
  emailRequestOf(askFor(broadcast, { leadId: one, email }, start))
const granted = fact('yes', 'consent.granted', '01-05T07:30', { purpose: 'newsletter' })
const known = {
  ...fact('p', 'profile.updated', '01-05T07:00', { fields: { language: 'de' } }),
  email: address,
}
const qualifying = [
  known,
  fact('d', 'demo.requested', '01-05T08:30'),
  fact('q', 'quote.requested', '01-05T09:00'),
]

test('the email of a broadcast goes out once, as any other', async () => {
  const world = sendWorld([granted])
  const sendEmail = makeSendEmail(world.ports)
  await sendEmail(requestTo(leadId), cause)
  await sendEmail(requestTo(leadId), cause)
  expect(world.outgoing).toHaveLength(1)
})

test.each([
  ['nobody who has not agreed', [fact('d', 'demo.requested', '01-05T08:30')], 'no-consent'],
  ['nobody whom sales has', [granted, ...qualifying], 'with-sales'],
])('it goes to %s', async (_, facts, reason) => {
  const world = sendWorld(facts)
  await makeSendEmail(world.ports)(requestTo(leadId), cause)
  expect(world.outgoing).toEqual([])
  expect([...world.sends.items.values()]).toMatchObject([{ status: 'suppressed', reason }])
})

test('once the broadcast is canceled it does not go out, whenever it was asked for', async () => {
  const world = sendWorld([granted])
  const sequence = sequenceOfBroadcast('b1')
  const steering = await world.sequences.load(sequence)
  await world.sequences.commit(sequence, { ...steering, canceled: { at: start } })
  await makeSendEmail(world.ports)(requestTo(leadId), cause)
  expect(world.outgoing).toEqual([])
  expect([...world.sends.items.values()]).toMatchObject([{ status: 'suppressed', reason: 'canceled' }])
})

test.each([
  ['', 'welcome'],
  [', also where the other was to get another variant', 'welcome.short'],
])('who was two of its audience and turns out to be one person gets it once%s', async (_, variant) => {
  const world = sendWorld([granted])
  const other = 'lead-0002' as LeadId
  const { leads } = world.ports
  let members: readonly LeadId[] = []
  const sendEmail = makeSendEmail({
    ...world.ports,
    leads: {
      ...leads,
      load: async (id) => {
        const lead = await leads.load(leadId)
        if (!lead) return undefined
        if (members.includes(id)) return { ...lead, leadId: id, mergedInto: leadId }
        return { ...lead, leadId: id, ...(members.length > 0 && { members }) }
      },
    },
  })
  await sendEmail(requestTo(leadId), cause)
  members = [other]
  await sendEmail(requestTo(other, variant), cause)
  expect(world.outgoing).toHaveLength(1)
  expect([...world.sends.items.values()].map(({ status }) => status)).toEqual(['sent', 'exited'])
})
