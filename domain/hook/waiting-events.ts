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

/** The events in a JSON body: the list at `each`, else the body's entries, else the body. */
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

/** Properties that the sales process uses: figures, and codes of the playbook. */
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

/** A code, id, figure, date or Boolean, which contains no personal data. */
const isCode = (value: Json): boolean =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && /^[\w.:+-]{1,64}$/.test(value))

/** Replaces a free-text reason: only its existence matters, which lets a deal go back. */
const someReason = 'in-the-crm'

const keep = ({ type }: MappedActivity, name: string, value: Json): readonly [string, Json][] => {
  // Waiting activities are found by it.
  if (name === 'dealId') return [[name, value]]
  if (!kept.has(name)) return []
  if (isCode(value)) return [[name, value]]
  // The reason of a loss is a key of the playbook, or counts as `default`; of other reasons only the existence counts.
  const isReason = name === 'reason' && typeof value === 'string' && value !== '' && type !== 'deal.lost'
  return isReason ? [[name, someReason]] : []
}

/**
 * The stored part of an activity whose deal has no lead yet: without any text from the CRM. Erasure cannot find it, as it is
 * not linked to a person.
 */
export const whileWaiting = (activity: MappedActivity): MappedActivity => ({
  ...activity,
  properties: Object.fromEntries(
    Object.entries(activity.properties).flatMap(([name, value]) => keep(activity, name, value)),
  ),
})
