import type { FieldError } from '../field-error.ts'
import type { Json } from '../json.ts'
import { rawAt } from '../playbook/raw.ts'
import type { Hook } from './hook.ts'

/** HubSpot sends at most a hundred. */
const maxEvents = 500

export type ReportedEvents =
  | { readonly type: 'events'; readonly events: readonly Json[] }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

const refused = (path: string, message: string): ReportedEvents => ({
  type: 'refused',
  errors: [{ path, message }],
})

const isJson = (value: unknown): value is Json => value !== undefined

/** The events in a body that was read as JSON: those where `each` points, else the body's own entries, else the body. */
export const eventsOf = ({ each }: Pick<Hook, 'each'>, body: Json): ReportedEvents => {
  const path = each?.join('.') ?? ''
  const found = each === undefined ? body : rawAt(body, ...each)
  if (!isJson(found)) return refused(path, 'must hold the events')
  const events: readonly Json[] = Array.isArray(found) ? found : [found]
  if (events.length > maxEvents)
    return refused(path, `must hold at most ${maxEvents} events, not ${events.length}`)
  const wrong = events.findIndex((event) => typeof event !== 'object' || event === null)
  return wrong < 0
    ? { type: 'events', events }
    : refused([path, String(wrong)].filter(Boolean).join('.'), 'must be a JSON object')
}
