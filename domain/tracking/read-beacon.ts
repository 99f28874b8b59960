import type { Activity } from '../activity/activity.ts'
import type { IdentityRules } from '../activity/identity-key.ts'
import { parseActivity } from '../activity/parse-activity.ts'
import type { Json } from '../json.ts'
import { isReported, type TrackingSettings } from './tracking-settings.ts'

/** A page has one or two things to say at once; whoever sends many is no page. */
const most = 10
/** What it says of one thing is an address, a title, some seconds: properties of more bytes than this are no visit. */
const longest = 2 * 1024

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined

const listOf = (body: unknown): readonly unknown[] => {
  const events = field(body, 'events') ?? body
  return Array.isArray(events) ? events : [events]
}

const sizeOf = (properties: Json): number => new TextEncoder().encode(JSON.stringify(properties)).byteLength

export interface BeaconContext {
  readonly settings: TrackingSettings
  readonly identity: Pick<IdentityRules, 'case'>
  /** RFC 3339 UTC; what browsers take for the time is not asked. */
  readonly arrivedAt: string
  /** For what comes without an id. */
  readonly newId: () => string
}

/**
 * What a page reports of its visitor: `{ events: [activity, …] }`, a list or a single activity. Only browsers have
 * something to say here, and only of the types that the settings name: whatever else is left out, and nobody is told.
 */
export const readBeacon = (body: unknown, context: BeaconContext): readonly Activity[] =>
  listOf(body)
    .slice(0, most)
    .flatMap((event) => {
      const { id, type, subject, properties } = Object.fromEntries(
        ['id', 'type', 'subject', 'properties'].map((name) => [name, field(event, name)]),
      )
      const { arrivedAt, newId, identity, settings } = context
      const parsed = parseActivity({ id, type, subject, properties }, arrivedAt, newId(), identity)
      if (parsed.type === 'refused') return []
      const { activity } = parsed
      if (sizeOf(activity.properties) > longest) return []
      return 'visitorId' in activity.subject && isReported(settings, activity.type) ? [activity] : []
    })
