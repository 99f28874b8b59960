import {
  type ChannelCost,
  inRequestOrder,
  isAboutChannel,
  parseActivity,
  parseCost,
} from '../../domain/activity/parse-activity.ts'
import { addressMisfit, asTold, identityRules, whyOwnType } from '../../domain/activity/subject.ts'
import type { Activity } from '../../domain/model/activity.ts'
import type { FieldError } from '../../domain/model/json.ts'
import type { HttpContext } from '../http/http-app.ts'
import { bodyOf, mediaTypeOf } from '../http/http-message.ts'
import { problemReply } from '../http/problem.ts'
import type { ToldCost } from '../ports.ts'
import type { IntakePorts } from './intake-ports.ts'

interface Received {
  readonly accepted: number
  readonly rejected: readonly { readonly index: number; readonly errors: readonly FieldError[] }[]
}

const toldCost = ({ id, occurredAt, ...properties }: ChannelCost): ToldCost => ({
  id,
  type: 'channel.cost',
  occurredAt,
  properties,
})

/** Puts every valid activity on the bus and reports the errors of the others. */
export const makeReceiveEvents =
  ({ bus, clock, newFactId, playbook }: Pick<IntakePorts, 'bus' | 'clock' | 'newFactId' | 'playbook'>) =>
  async (events: readonly unknown[]): Promise<Received> => {
    const now = clock()
    const identity = identityRules(playbook.settings.identity)
    const good: Activity[] = []
    const costs: ToldCost[] = []
    const rejected: { index: number; errors: readonly FieldError[] }[] = []
    for (const [index, event] of events.entries()) {
      const parsed = isAboutChannel(event)
        ? parseCost(event, now, newFactId())
        : parseActivity(event, now, newFactId(), identity)
      if (parsed.type === 'refused') {
        rejected.push({ index, errors: parsed.errors })
        continue
      }
      if (parsed.type === 'cost') {
        costs.push(toldCost(parsed.cost))
        continue
      }
      const own = whyOwnType(parsed.activity.type)
      const misfit =
        own === undefined ? addressMisfit(parsed.activity, identity) : { path: 'type', message: own }
      if (misfit === undefined) good.push(asTold(parsed.activity, { type: 'api' }))
      else rejected.push({ index, errors: [misfit] })
    }
    const taken = [...inRequestOrder(good, identity), ...costs]
    if (taken.length > 0) await bus.submit(taken)
    return { accepted: taken.length, rejected }
  }

const maxEvents = 500

const bearer = ({ req }: HttpContext): string | undefined =>
  /^Bearer +(\S+)$/i.exec(req.header('authorization') ?? '')?.[1]

const eventsOf = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'events' in body ? body.events : undefined

const badEvents = (message: string): readonly FieldError[] => [{ path: 'events', message }]

/** `POST /events`: valid activities are kept even if others are invalid. */
export const makeEventsRoute = (ports: IntakePorts) => {
  const receiveEvents = makeReceiveEvents(ports)
  return async (context: HttpContext): Promise<Response> => {
    const key = bearer(context)
    if (key === undefined || !ports.isApiKey(key)) return problemReply({ type: 'unauthorized' })
    if (mediaTypeOf(context) !== 'application/json')
      return problemReply({ type: 'unsupported-media-type', accepted: ['application/json'] })
    let body: unknown
    try {
      body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await bodyOf(context)))
    } catch {
      return problemReply({ type: 'malformed', detail: 'The body is not JSON in UTF-8.' })
    }
    const events = eventsOf(body)
    if (!Array.isArray(events))
      return problemReply({ type: 'bad-input', errors: badEvents('must be a list of activities') })
    if (events.length < 1 || events.length > maxEvents)
      return problemReply({
        type: 'bad-input',
        errors: badEvents(`must hold 1 to ${maxEvents} activities, not ${events.length}`),
      })
    return Response.json(await receiveEvents(events), { status: 202 })
  }
}
