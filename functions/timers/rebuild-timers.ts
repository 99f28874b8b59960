import type { Handoff } from '../../domain/handoff/handoff.ts'
import { decidedQualification } from '../../domain/lead/funnel.ts'
import { handoffIdOf } from '../../domain/model/activity.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Broadcast } from '../../domain/sending/broadcast.ts'
import { wholeSecond } from '../../domain/sending/hold-email.ts'
import { timerOf } from '../../domain/sequence/advance.ts'
import type { Run } from '../../domain/sequence/run.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Delivery } from '../../domain/webhook/delivery.ts'
import { beginMessage, partMessage } from '../broadcast/run-broadcast.ts'
import type { BroadcastPart } from '../broadcast-ports.ts'
import type { Waiting } from '../erasure-ports.ts'
import { qualifiedOf } from '../handoff/parse-message.ts'
import { setDeadlines } from '../handoff/publish-handoff.ts'
import type { Clock, Handoffs, Lead, Timers } from '../ports.ts'
import { allTimers } from '../record/commit-lead.ts'
import { setTimer } from '../send/hold-email.ts'
import type { Send } from '../send-ports.ts'
import { attemptTimer } from '../webhook/attempt-delivery.ts'

/** Whose queue a timer goes to. */
export type Sleeper = 'record' | 'nurture' | 'handoff' | 'send' | 'webhook' | 'audience'

interface RebuildTimersPorts {
  /** Of each queue. */
  readonly timers: Readonly<Record<Sleeper, Timers>>
  readonly clock: Clock
  readonly handoffs: Pick<Handoffs, 'load'>
}

/** Time for the call that sets a timer: Scheduler promises nothing for times that have passed. */
const leadTime = 5_000

/**
 * Sets every moment that something waits for again, by the names under which it was set first: what stands is left as it
 * is, so that doing it twice changes nothing. What should have happened by now happens at once. What was committed and
 * not told of (an outbox) is told as well: the message that would have seen to it may be gone.
 */
export const makeRebuildTimers = ({ timers, clock, handoffs }: RebuildTimersPorts) => {
  const soonest = (): string => wholeSecond(addMilliseconds(clock(), leadTime))
  const notPast = (at: string): string => {
    const soon = soonest()
    return at < soon ? soon : at
  }

  /** A qualified lead whose address nobody has confirmed may wait for its hour, with nothing in the table that says so. */
  const ofQualification = async ({ leadId, state }: Lead): Promise<void> => {
    const decision = state && decidedQualification({ leadId }, state)
    if (!decision) return
    const handoffId = handoffIdOf(leadId, decision.data.cycle)
    if (await handoffs.load(leadId, handoffId)) return
    const message = { type: 'waiting', qualified: { ...qualifiedOf(decision) } }
    await timers.handoff.set(`${handoffId}:waiting`, soonest(), message)
  }

  const ofLead = async (lead: Lead): Promise<void> => {
    const { leadId, outbox } = lead
    if (lead.erased || lead.mergedInto !== undefined) return
    await ofQualification(lead)
    for (const at of new Set([...allTimers(lead), ...(lead.owedWakes ?? [])]))
      await timers.record.set(`wake:${leadId}:${at}`, notPast(wholeSecond(at)), { type: 'wake', leadId, at })
    if (outbox.length > 0)
      await timers.record.set(`outbox:${leadId}:${lead.version}`, soonest(), { type: 'wake', leadId })
  }

  const ofRun = async (run: Run): Promise<void> => {
    const timer = timerOf(run)
    if (timer) await timers.nurture.set(timer.name, notPast(timer.at), timer.message)
    if (run.outbox.length === 0) return
    const { leadId, sequence, runId, version } = run
    // Not as its wait is woken: that would be over.
    const message: JsonObject = { type: 'run', leadId, sequence, work: { type: 'perform' } }
    await timers.nurture.set(`outbox:${runId}:${version}`, soonest(), message)
  }

  const ofHandoff = async (handoff: Handoff): Promise<void> => {
    const { handoffId, version } = handoff
    await setDeadlines({ timers: timers.handoff, clock }, handoff)
    if (handoff.outbox.length > 0)
      await timers.handoff.set(`outbox:${handoffId}:${version}`, soonest(), { type: 'publish', handoffId })
  }

  const ofSend = async (send: Send): Promise<void> => {
    const ports = { timers: timers.send, clock }
    if (send.status === 'held' && send.until !== undefined) await setTimer(ports, send, 'held', send.until)
    if (send.status === 'claimed') await setTimer(ports, send, 'claim', wholeSecond(send.leaseUntil))
  }

  const ofDelivery = async (delivery: Delivery): Promise<void> => {
    const { event, endpoint, webhookId, attempts, nextAt, state } = delivery
    if (state !== 'pending' || nextAt === undefined) return
    const message = { type: 'attempt', leadId: event.leadId, endpoint, webhookId, attempt: attempts }
    await timers.webhook.set(attemptTimer(delivery), notPast(nextAt), message)
  }

  const ofBroadcast = async (broadcast: Broadcast): Promise<void> => {
    const { broadcastId, status, startsAt, version } = broadcast
    if (startsAt === undefined || (status !== 'scheduled' && status !== 'sending')) return
    // One that has begun is begun again, should its first messages be gone.
    const scheduled = { ...broadcast, version: status === 'sending' ? version - 1 : version }
    const name = `broadcast:${broadcastId}:${version}`
    await timers.audience.set(name, notPast(wholeSecond(startsAt)), beginMessage(scheduled))
  }

  /** One that is done says so again: what follows may not have heard of it. */
  const ofPart = async (part: BroadcastPart): Promise<void> => {
    const { broadcastId, kind, lane, seq, isDone, until } = part
    const message = partMessage({ ...part, seq: isDone ? seq - 1 : seq })
    const at = until === undefined ? soonest() : notPast(until)
    await timers.audience.set(`broadcast:${broadcastId}:${kind}:${lane}:${seq}`, at, message)
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
      case 'broadcast':
        return ofBroadcast(waiting.broadcast)
      case 'broadcast-part':
        return ofPart(waiting.part)
      default:
        return waiting satisfies never
    }
  }
}
