import { type EmailRequest, emailRequestOf } from '../../../domain/model/email-request.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import type { EmailTemplate } from '../../../domain/model/playbook.ts'
import { memoryTimers } from '../../../functions/adapters/memory-event-bus.ts'
import { broadcastMessageSchema, makeRunBroadcast } from '../../../functions/broadcast/run-broadcast.ts'
import type { Send } from '../../../functions/send-ports.ts'
import { fact } from '../../domain/support/facts.ts'
import { apiWorld, now } from '../api/api-world.ts'

const email = (kind: EmailTemplate['kind'], purpose?: string): EmailTemplate => ({
  ...{ subject: 'News', preheader: '', html: '', kind },
  ...(purpose !== undefined && { purpose }),
})

const emails = {
  news: { de: email('marketing', 'newsletter') },
  'news.short': { de: email('marketing', 'newsletter') },
  'news.long': { de: email('marketing', 'newsletter') },
  plain: { de: email('marketing', 'newsletter') },
  bare: { de: email('marketing') },
  receipt: { de: email('transactional') },
}
const segments = { dach: { id: 'dach', name: 'DACH', where: 'lead.country in ["DE", "AT", "CH"]' } }

/** What a worker throws that dies. */
export class Died extends Error {}

/**
 * The routes with the worker, who gets a message again over which they died; `answer` stands for the sender.
 *
 * @param keptBack how long a queue keeps that message back, in ms: three minutes on AWS, no time where a runner was killed
 */
export const broadcastWorld = (keptBack = 180_000) => {
  const world = apiWorld({ emails, segments })
  const times = { now: String(now) }
  const timers = memoryTimers()
  const announced: JsonObject[] = []
  const queue = world.toldAudience
  const ports = {
    ...world,
    timers,
    clock: () => times.now,
    announce: async (event: object) => void announced.push(event as JsonObject),
    playbooks: { keep: async () => {} },
    enqueueAudience: async (message: JsonObject, delay = 0) => {
      if (delay === 0) queue.push(message)
      else {
        const at = new Date(Date.parse(times.now) + delay * 1_000).toISOString()
        await timers.set(`delayed:${at}:${JSON.stringify(message)}`, at, message)
      }
    },
  }
  const work = makeRunBroadcast(ports)
  const run = async (message: JsonObject): Promise<void> => {
    try {
      await work(broadcastMessageSchema.parse(message))
    } catch (error) {
      if (!(error instanceof Died)) throw error
      times.now = new Date(Date.parse(times.now) + keptBack).toISOString()
      await run(message)
    }
  }
  const post = (path: string, body: object = {}, method = 'POST') =>
    world.call(path, { method, body: JSON.stringify(body) })
  const asked = () =>
    world.bus.published.flatMap((one) => (one.type === 'EmailRequested' ? [emailRequestOf(one)] : []))
  return {
    ...world,
    times,
    announced,
    post,
    asked,
    /** @returns how many messages there were. */
    settle: async (repeats = 1): Promise<number> => {
      let messages = 0
      for (let message = queue.shift(); message; message = queue.shift()) {
        messages += 1
        for (let time = 0; time < repeats; time += 1) await run(message)
      }
      return messages
    },
    /** Moves the clock to `at`, and takes what is due on the way. */
    moveTo: async (at: string) => {
      const passed = new Set<string>()
      for (;;) {
        const [name, timer] =
          [...timers.items]
            .filter(([one, { at: due }]) => !passed.has(one) && due <= at)
            .toSorted(([, a], [, b]) => (a.at < b.at ? -1 : 1))[0] ?? []
        if (name === undefined || !timer) break
        passed.add(name)
        times.now = timer.at > times.now ? timer.at : times.now
        await run(timer.message)
        for (let message = queue.shift(); message; message = queue.shift()) await run(message)
      }
      times.now = at
    },
    answer: async (
      send: (number: number, request: EmailRequest) => Pick<Send, 'status' | 'reason'> | undefined,
    ) => {
      const known = new Set<string>()
      for (const [number, request] of asked().entries()) {
        if (known.has(request.sendId)) continue
        known.add(request.sendId)
        const { leadId, sendId } = request
        const outcome = send(number, request)
        if (!outcome) continue
        await world.sends.claim(
          {
            ...{
              sendId,
              leadId,
              email: request.email,
              request,
              cause: { decisionId: 'd', correlationId: 'c' },
            },
            ...{ requestedAt: times.now, marketing: true, claimedAt: times.now, leaseUntil: times.now },
            ...outcome,
          },
          times.now,
        )
      }
    },
    make: async (plan: object = {}): Promise<string> => {
      const made = await post('/api/broadcasts', { name: 'March', segment: 'dach', email: 'news', ...plan })
      if (made.type !== 'ok') throw new Error(JSON.stringify(made))
      return String((made.body as { broadcastId: string }).broadcastId)
    },
    addReader: async (number: number, fields: JsonObject = {}) => {
      const leadId = await world.addLead(number, { country: 'DE', ...fields })
      await world.add(leadId, [
        fact(`c-${number}`, 'consent.granted', '03-01T11:00', { purpose: 'newsletter' }),
      ])
      return leadId
    },
  }
}
