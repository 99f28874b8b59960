import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import { wholeSecond } from '../../domain/sending/hold-email.ts'
import { alarmOf } from '../../domain/sequence/advance.ts'
import type { Run } from '../../domain/sequence/run.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Delivery } from '../../domain/webhook/delivery.ts'
import type { Waiting } from '../erasure-ports.ts'
import { setDeadlines } from '../handoff/publish-handoff.ts'
import type { Alarms, Clock, Lead } from '../ports.ts'
import { allWakes } from '../record/commit-lead.ts'
import { setWake } from '../send/hold-email.ts'
import type { Send } from '../send-ports.ts'
import { attemptAlarm } from '../webhook/attempt-delivery.ts'

/** Whose queue a wake goes to. */
export type Sleeper = 'record' | 'nurture' | 'handoff' | 'send' | 'webhook'

interface RebuildWakesPorts {
  /** Of each queue. */
  readonly alarms: Readonly<Record<Sleeper, Alarms>>
  readonly clock: Clock
}

/** Time for the call that sets an alarm: Scheduler promises nothing for times that have passed. */
const leadTime = 5_000

/**
 * Sets every moment that something waits for again, by the names under which it was set first: what stands is left as it
 * is, so that doing it twice changes nothing. What should have happened by now happens at once. What was committed and
 * not told of (an outbox) is told as well: the message that would have seen to it may be gone.
 */
export const makeRebuildWakes = ({ alarms, clock }: RebuildWakesPorts) => {
  const soonest = (): string => wholeSecond(addMilliseconds(clock(), leadTime))
  const notPast = (at: string): string => {
    const soon = soonest()
    return at < soon ? soon : at
  }

  const ofLead = async ({ leadId, outbox, ...lead }: Lead): Promise<void> => {
    if (lead.erased || lead.mergedInto !== undefined) return
    for (const at of new Set([...allWakes(lead), ...(lead.owedWakes ?? [])]))
      await alarms.record.set(`wake:${leadId}:${at}`, notPast(wholeSecond(at)), { type: 'wake', leadId, at })
    if (outbox.length > 0)
      await alarms.record.set(`outbox:${leadId}:${lead.version}`, soonest(), { type: 'wake', leadId })
  }

  const ofRun = async (run: Run): Promise<void> => {
    const alarm = alarmOf(run)
    if (alarm) await alarms.nurture.set(alarm.name, notPast(alarm.at), alarm.message)
    if (run.outbox.length === 0) return
    const { leadId, sequence, runId, version } = run
    // Not as its wait is woken: that would be over.
    const message: JsonObject = { type: 'run', leadId, sequence, work: { type: 'perform' } }
    await alarms.nurture.set(`outbox:${runId}:${version}`, soonest(), message)
  }

  const ofHandoff = async (handoff: Handoff): Promise<void> => {
    const { handoffId, version } = handoff
    await setDeadlines({ alarms: alarms.handoff, clock }, handoff)
    if (handoff.outbox.length > 0)
      await alarms.handoff.set(`outbox:${handoffId}:${version}`, soonest(), { type: 'publish', handoffId })
  }

  const ofSend = async (send: Send): Promise<void> => {
    const ports = { alarms: alarms.send, clock }
    if (send.status === 'held' && send.until !== undefined) await setWake(ports, send, 'held', send.until)
    if (send.status === 'claimed') await setWake(ports, send, 'claim', wholeSecond(send.leaseUntil))
  }

  const ofDelivery = async (delivery: Delivery): Promise<void> => {
    const { event, endpoint, webhookId, attempts, nextAt, state } = delivery
    if (state !== 'pending' || nextAt === undefined) return
    const message = { type: 'attempt', leadId: event.leadId, endpoint, webhookId, attempt: attempts }
    await alarms.webhook.set(attemptAlarm(delivery), notPast(nextAt), message)
  }

  return (waiting: Waiting): Promise<void> => {
    switch (waiting.type) {
      case 'lead':
        return ofLead(waiting.lead)
      case 'run':
        return ofRun(waiting.run)
      case 'handoff':
        return ofHandoff(waiting.handoff)
      case 'send':
        return ofSend(waiting.send)
      case 'delivery':
        return ofDelivery(waiting.delivery)
      default:
        return waiting satisfies never
    }
  }
}
