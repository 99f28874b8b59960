import type { Hook } from '../model/hook.ts'
import type { FieldError, Json } from '../model/json.ts'
import { rawAt } from '../model/raw.ts'
import type { MappedActivity } from './map-event.ts'

/** HubSpot sends at most a hundred. */
const maxEvents = 500

type ReportedEvents =
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

/** What the sales process reads of an activity about a deal: figures, and codes that the playbook knows. */
const kept = new Set([
  'amount',
  'channel',
  'currency',
  'further',
  'orderId',
  'outcome',
  'phase',
  'proposalId',
  'rating',
  'reason',
  'renewsAt',
])

/** A code, an id, a figure, a date or a yes: nobody's sentence and nobody's address. */
const isCode = (value: Json): boolean =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && /^[\w.:+-]{1,64}$/.test(value))

/** Stands for a reason in somebody's own words: that there was one lets a deal go back. */
const someReason = 'in-the-crm'

const keep = ({ type }: MappedActivity, name: string, value: Json): readonly [string, Json][] => {
  // What waits is found by it.
  if (name === 'dealId') return [[name, value]]
  if (!kept.has(name)) return []
  if (isCode(value)) return [[name, value]]
  // Why a deal was lost is a key of the playbook, or counts as `default`; of the others only that there is a reason counts.
  const isReason = name === 'reason' && typeof value === 'string' && value !== '' && type !== 'deal.lost'
  return isReason ? [[name, someReason]] : []
}

/**
 * What is kept of an activity about a deal of nobody yet: without whatever somebody wrote into the CRM. An erasure does
 * not find what waits there, as nothing says whose it is.
 */
export const whileWaiting = (activity: MappedActivity): MappedActivity => ({
  ...activity,
  properties: Object.fromEntries(
    Object.entries(activity.properties).flatMap(([name, value]) => keep(activity, name, value)),
  ),
})
