import { describe, expect, test } from 'vitest'
import type { TurnedAway } from '../../../domain/sending/hold-email.ts'
import { emailFailedMessage, emailTurnedAwayMessage } from '../../../functions/event-names.ts'
import { makeRetryEmail } from '../../../functions/send/hold-email.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import type { Mailer } from '../../../functions/send-ports.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { cause, sendWorld, start, welcomeRequest } from './send-world.ts'

const asked = fact('asked', 'form.submitted', '01-05T09:00', {
  form: 'newsletter',
  language: 'en',
  fields: {},
})
const confirmation = { factId: 'asked', form: 'newsletter', purpose: 'newsletter', language: 'en' }
const confirm = { leadId, sendId: 'c', email: 'confirm', recipient: 'lead', confirmation } as const
const granted = fact('yes', 'consent.granted', '01-05T09:00', { purpose: 'newsletter' })

/** SES answers as told until `mend`; timers fire when they are due. */
const worldOf = (facts: Parameters<typeof sendWorld>[0], reason: TurnedAway) => {
  const world = sendWorld(facts)
  let isMended = false
  const mailer: Mailer = {
    send: async (email) => (isMended ? world.ports.mailer.send(email) : { type: 'turned-away', reason }),
  }
  const ports = { ...world.ports, mailer }
  const sendEmail = makeSendEmail(ports)
  const timer = makeRetryEmail({ ...ports, sendEmail })
  let offered = 0
  return {
    ...world,
    sendEmail,
    mend: () => {
      isMended = true
    },
    offered: () => offered,
    pass: async (until: string) => {
      for (let at = world.timers.nextAt(); at !== undefined && at <= until; at = world.timers.nextAt()) {
        world.times.now = at
        offered += 1
        const { sendId, until: held } = world.timers.take()?.message ?? {}
        await timer({ leadId, sendId: String(sendId), until: String(held) })
      }
      world.times.now = until
    },
  }
}

const later = (days: number): string => new Date(Date.parse(start) + days * 86_400_000).toISOString()

describe('mail that SES turns away for the sake of its sender', () => {
  test.each([
    ['a confirmation', [asked], confirm, 'sender-not-verified'],
    ['a confirmation', [asked], confirm, 'recipient-not-verified'],
    ['an email of a sequence', [granted], welcomeRequest, 'sending-disabled'],
  ] as const)(
    '%s waits, raises an alarm, and goes out once it is mended',
    async (_, facts, request, reason) => {
      const world = worldOf([...facts], reason)
      await world.sendEmail(request, cause)
      expect(world.sends.items.get(request.sendId)).toMatchObject({ status: 'held', reason })
      expect(world.warnings).toEqual([`${emailTurnedAwayMessage}: ${reason}`])
      await world.pass(later(2))
      expect(world.outgoing).toEqual([])
      world.mend()
      await world.pass(later(2.25))
      expect(world.outgoing).toHaveLength(1)
      expect(world.sends.items.get(request.sendId)?.status).toBe('sent')
    },
  )

  test('is offered at longer and longer intervals, and given up after two weeks', async () => {
    const world = worldOf([asked], 'sender-not-verified')
    await world.sendEmail(confirm, cause)
    await world.pass(later(15))
    expect(world.offered()).toBeLessThan(14 * 6 + 10)
    expect(world.sends.items.get('c')).toMatchObject({ status: 'failed', reason: 'sender-not-verified' })
    expect(world.warnings.at(-1)).toBe(`${emailFailedMessage}: sender-not-verified`)
    expect(world.timers.nextAt()).toBeUndefined()
  })
})

test('what SES refuses for what is in it has failed, and raises an alarm', async () => {
  const world = sendWorld([granted])
  const mailer: Mailer = {
    send: async () => ({ type: 'rejected', reason: 'BadRequestException: to anna@x.de' }),
  }
  await makeSendEmail({ ...world.ports, mailer })(welcomeRequest, cause)
  expect(world.sends.items.get(welcomeRequest.sendId)?.status).toBe('failed')
  expect(world.warnings).toEqual([`${emailFailedMessage}: rejected`])
})
