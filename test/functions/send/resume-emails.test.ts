import { describe, expect, test } from 'vitest'
import { makeResumeEmails } from '../../../functions/send/hold-email.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact, leadId, leadIdOf } from '../../domain/support/facts.ts'
import { cause, sendWorld, start, welcomeRequest } from './send-world.ts'

const granted = fact('yes', 'consent.granted', '01-05T08:00', { purpose: 'newsletter', form: 'newsletter' })
const seen = fact('page', 'page.viewed', '01-05T07:00')

/** An email was asked for, and no consent was known. */
const heldWorld = async () => {
  const world = sendWorld([seen])
  const sendEmail = makeSendEmail(world.ports)
  await sendEmail(welcomeRequest, cause)
  return { ...world, sendEmail, resume: makeResumeEmails({ ...world.ports, sendEmail }) }
}

describe('an email that lacked consent', () => {
  test('is sent when consent comes, once however often it is told', async () => {
    const world = await heldWorld()
    expect(world.outgoing).toEqual([])
    world.log.push(granted)
    await Promise.all([1, 2, 3].map(() => world.resume(leadId, cause).catch(() => undefined)))
    await world.resume(leadId, cause)
    await world.sendEmail(welcomeRequest, cause)
    expect(world.outgoing).toHaveLength(1)
    expect(world.sends.items.get(welcomeRequest.sendId)?.status).toBe('sent')
  })

  test('is sent, too, when it was asked for by a lead that is part of the person by now', async () => {
    const world = sendWorld([seen])
    const merged = leadIdOf('lead-0002')
    const { load } = world.ports.leads
    const leads: typeof world.ports.leads = {
      ...world.ports.leads,
      load: async (id) => {
        if (id === merged)
          return { leadId: merged, email: 'old@example.com', version: 1, outbox: [], mergedInto: leadId }
        const lead = await load(id)
        return lead && { ...lead, members: [merged] }
      },
    }
    const sendEmail = makeSendEmail({ ...world.ports, leads })
    await sendEmail({ ...welcomeRequest, leadId: merged }, cause)
    world.log.push(granted)
    await makeResumeEmails({ ...world.ports, leads, sendEmail })(leadId, cause)
    expect(world.outgoing).toHaveLength(1)
  })

  test('is sent when consent comes while it is judged: who was told of it found no email yet', async () => {
    const world = sendWorld([seen])
    const { load } = world.ports.leads
    const { claim } = world.ports.sends
    const leads: typeof world.ports.leads = {
      ...world.ports.leads,
      load: async (id) => {
        const lead = await load(id)
        return lead && { ...lead, version: world.log.length }
      },
      noteLack: async ({ version }) => version === world.log.length,
    }
    const resume = makeResumeEmails({ ...world.ports, leads, sendEmail: makeSendEmail(world.ports) })
    const sends: typeof world.ports.sends = {
      ...world.ports.sends,
      claim: async (...given) => {
        if (!world.log.includes(granted)) {
          world.log.push(granted)
          await resume(leadId, cause)
        }
        return claim(...given)
      },
    }
    await makeSendEmail({ ...world.ports, leads, sends })(welcomeRequest, cause)
    expect(world.outgoing).toHaveLength(1)
    expect([...world.published.keys()]).toEqual([`${welcomeRequest.sendId}:sent`])
  })

  describe('whose sender dies over it', () => {
    const consented = { decisionId: 'consent-1', correlationId: 'yes' }
    const later = (minutes: number) => new Date(Date.parse(start) + minutes * 60_000).toISOString()

    test('before SES has it: the message of the consent comes again, and has the claim looked at when it ends', async () => {
      const world = await heldWorld()
      world.log.push(granted)
      const send = async () => {
        throw new Error('the process ends')
      }
      const sendEmail = makeSendEmail({ ...world.ports, mailer: { send } })
      const dying = makeResumeEmails({ ...world.ports, sendEmail })
      await expect(dying(leadId, consented)).rejects.toThrow('the process ends')
      world.times.now = later(3)
      await world.resume(leadId, consented)
      expect(world.outgoing).toEqual([])
      const [wake] = world.timers.items.values()
      expect(wake).toMatchObject({ at: later(15), message: { type: 'wake', sendId: welcomeRequest.sendId } })
    })

    test('after it has: what became of it is told when the message comes again', async () => {
      const world = await heldWorld()
      world.log.push(granted)
      const publish = async () => {
        throw new Error('the process ends')
      }
      const sendEmail = makeSendEmail({ ...world.ports, bus: { ...world.ports.bus, publish } })
      const dying = makeResumeEmails({ ...world.ports, sendEmail })
      await expect(dying(leadId, consented)).rejects.toThrow('the process ends')
      await world.resume(leadId, consented)
      expect(world.outgoing).toHaveLength(1)
      expect([...world.published.keys()]).toContain(`${welcomeRequest.sendId}:sent`)
    })
  })

  test('stays held while the consent is not there after all', async () => {
    const world = await heldWorld()
    await world.resume(leadId, cause)
    expect(world.outgoing).toEqual([])
    expect(world.sends.items.get(welcomeRequest.sendId)).toMatchObject({
      status: 'suppressed',
      reason: 'no-consent',
    })
  })

  test('is old news after a day', async () => {
    const world = await heldWorld()
    world.log.push(granted)
    world.times.now = start.replace('01-05', '01-06').replace(':02.', ':03.')
    await world.resume(leadId, cause)
    expect(world.outgoing).toEqual([])
  })

  test('does not bring back what was suppressed for another reason', async () => {
    const world = sendWorld([granted, fact('c', 'email.complained', '01-05T09:00')])
    const sendEmail = makeSendEmail(world.ports)
    await sendEmail(welcomeRequest, cause)
    await makeResumeEmails({ ...world.ports, sendEmail })(leadId, cause)
    expect(world.outgoing).toEqual([])
    expect(world.sends.items.get(welcomeRequest.sendId)?.reason).toBe('complained')
  })
})
