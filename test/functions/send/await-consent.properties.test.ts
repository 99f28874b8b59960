import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { makeResumeEmails } from '../../../functions/send/hold-email.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { leadId } from '../../domain/support/facts.ts'
import { runs } from '../../support/runs.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { type CrashPlan, crashAt } from '../fakes/crash-at.ts'
import { recordWorld } from '../record/record-world.ts'
import { cause, sendWorld, start, welcomeRequest } from './send-world.ts'

const anna = { email: 'anna@example.com' }
const seen = activityMessage({ id: 'seen', type: 'page.viewed', subject: anna, occurredAt: start })
const consented = activityMessage({
  id: 'yes',
  type: 'consent.granted',
  subject: anna,
  occurredAt: start,
  properties: { purpose: 'newsletter', form: 'newsletter' },
})

/** A recorder and a sender at the same leads: whoever calls a port may be overtaken there. */
const sharedWorld = async (scheduler: fc.Scheduler) => {
  const world = recordWorld()
  const mail = sendWorld([])
  world.times.now = start
  await world.record([seen])
  const { load, commit, noteLack } = world.leads
  const slow = {
    load: scheduler.scheduleFunction(load),
    commit: scheduler.scheduleFunction(commit),
    noteLack: scheduler.scheduleFunction(noteLack),
  }
  const { sends } = mail.ports
  const sender = {
    ...mail.ports,
    leads: { ...world.leads, ...slow },
    sends: { ...sends, claim: scheduler.scheduleFunction(sends.claim) },
  }
  const record = makeRecordActivities({ ...world.ports, leads: { ...world.leads, ...slow } })
  return { ...world, mail, sender, record }
}

type Sender = Awaited<ReturnType<typeof sharedWorld>>['sender']

/** Dies where it can have sent nothing: at a look at the lead, at its note, or where it writes what was held back. */
const dying = (sender: Sender, plan: CrashPlan): Sender => {
  const wrap = crashAt(plan)
  const { claim } = wrap(sender.sends)
  const isBack: Sender['sends']['claim'] = (send, ...more) =>
    (send.status === 'suppressed' ? claim : sender.sends.claim)(send, ...more)
  return { ...sender, leads: wrap(sender.leads), sends: { ...sender.sends, claim: isBack } }
}

const crash = fc.option(fc.record({ call: fc.integer({ min: 0, max: 6 }), done: fc.boolean() }))

test('an email and the consent that it lacks meet, whoever is first at what, and whoever dies: it goes out once', async () => {
  let unawaited = 0
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), crash, async (scheduler, plan) => {
      const world = await sharedWorld(scheduler)
      const send = (ports: Sender) => makeSendEmail(ports)(welcomeRequest, cause)
      const sending = async (): Promise<void> => {
        // What has died comes again.
        if (plan) await send(dying(world.sender, plan)).catch(() => undefined)
        await send(world.sender)
      }
      await scheduler.waitFor(Promise.all([sending(), world.record([consented])]))
      const told = world.bus.published.filter(({ type }) => type === 'ConsentGranted')
      expect(told).toHaveLength(1)
      const resume = makeResumeEmails({ ...world.sender, sendEmail: makeSendEmail(world.sender) })
      if (told[0]?.unawaited) unawaited += 1
      else await scheduler.waitFor(resume(leadId, cause))
      expect(world.mail.outgoing).toHaveLength(1)
    }),
    { numRuns: runs(300) },
  )
  expect(unawaited).toBeGreaterThan(0)
})
