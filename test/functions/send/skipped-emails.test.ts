import { expect, test } from 'vitest'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { cause, sendWorld, welcomeRequest } from './send-world.ts'

const granted = fact('yes', 'consent.granted', '01-05T09:00', { purpose: 'newsletter' })

test.each(['stale', 'skipped-paused'] as const)(
  'an email that its run leaves out is suppressed, %s, and told',
  async (skipped) => {
    const world = sendWorld([granted])
    const request = { ...welcomeRequest, skipped }
    const sendEmail = makeSendEmail(world.ports)
    await sendEmail(request, cause)
    await sendEmail(request, cause)
    expect(world.outgoing).toEqual([])
    expect(await world.sends.list(leadId)).toMatchObject([
      { email: 'welcome', status: 'suppressed', reason: skipped, request: { skipped } },
    ])
    expect([...world.published.values()]).toMatchObject([
      { type: 'EmailSuppressed', data: { outcome: 'suppressed', reason: skipped, sequence: 'interest' } },
    ])
  },
)

test('a notice that its run leaves out is, too', async () => {
  const world = sendWorld([granted])
  const notice = { ...welcomeRequest, email: 'notify', recipient: 'owner', skipped: 'stale' } as const
  await makeSendEmail(world.ports)(notice, cause)
  expect(world.outgoing).toEqual([])
  expect([...world.sends.items.values()]).toMatchObject([{ status: 'suppressed', reason: 'stale' }])
})
