import type { FieldError } from '../../domain/field-error.ts'
import { problemReply } from '../http/problem.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import { type HttpRequest, mediaTypeOf } from '../http/request.ts'
import type { IntakePorts } from './intake-ports.ts'
import { makeReceiveEvents } from './receive-events.ts'

const maxEvents = 500

const bearer = ({ headers }: HttpRequest): string | undefined =>
  /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]

const eventsOf = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'events' in body ? body.events : undefined

const badEvents = (message: string): readonly FieldError[] => [{ path: 'events', message }]

/** `POST /events`: good ones are kept when others are bad. */
export const makeEventsRoute = (ports: IntakePorts) => {
  const receiveEvents = makeReceiveEvents(ports)
  return async (request: HttpRequest): Promise<Reply> => {
    if (request.method !== 'POST') return problemReply({ type: 'method-not-allowed', allow: ['POST'] })
    const key = bearer(request)
    if (key === undefined || !ports.isApiKey(key)) return problemReply({ type: 'unauthorized' })
    if (mediaTypeOf(request) !== 'application/json')
      return problemReply({ type: 'unsupported-media-type', accepted: ['application/json'] })
    let body: unknown
    try {
      body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body))
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
    return jsonReply(202, await receiveEvents(events))
  }
}
