import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Transient } from '../../../functions/ports.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact } from '../../domain/support/facts.ts'
import { runs } from '../../support/runs.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { cause, sendWorld, welcomeRequest } from './send-world.ts'

const granted = fact('yes', 'consent.granted', '01-05T09:00', { purpose: 'newsletter' })
const minute = 60_000

test('deliveries at the same time send once', async () => {
  const world = sendWorld([granted])
  const send = makeSendEmail(world.ports)
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => send(welcomeRequest, cause)))
  expect(world.outgoing).toHaveLength(1)
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Transient)
})

test('however senders die and messages repeat: told in the end, and never sent twice where SES reports its sends', async () => {
  const anyDelivery = fc.record({
    call: fc.integer({ min: 0, max: 10 }),
    done: fc.boolean(),
    minutesLater: fc.integer({ min: 0, max: 20 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(anyDelivery, { maxLength: 6 }), async (deliveries) => {
      const world = sendWorld([granted])
      const { leads, sends, mailer, bus, places } = world.ports
      for (const plan of deliveries) {
        const dying = crashAt(plan)
        const ports = {
          ...world.ports,
          leads: dying(leads),
          sends: dying(sends),
          mailer: dying(mailer),
          bus: dying(bus),
          places: dying(places),
        }
        try {
          await makeSendEmail(ports)(welcomeRequest, cause)
        } catch (error) {
          if (!(error instanceof Crash) && !(error instanceof Transient)) throw error
        }
        if (world.outgoing.length > 0)
          await sends.settle(welcomeRequest.leadId, welcomeRequest.sendId, {
            status: 'sent',
            at: world.times.now,
            messageId: 'message-1',
          })
        world.times.now = new Date(Date.parse(world.times.now) + plan.minutesLater * minute).toISOString()
      }
      world.times.now = new Date(Date.parse(world.times.now) + 16 * minute).toISOString()
      await makeSendEmail(world.ports)(welcomeRequest, cause)
      expect(world.outgoing).toHaveLength(1)
      expect(world.sends.items.get(welcomeRequest.sendId)).toMatchObject({
        status: 'sent',
        messageId: 'message-1',
      })
      expect([...world.published.keys()]).toEqual([`${welcomeRequest.sendId}:sent`])
    }),
    { numRuns: runs(300) },
  )
})
