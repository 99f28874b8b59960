import { parseActivity } from '../activity/parse-activity.ts'
import type { Activity } from '../model/activity.ts'
import type { Json } from '../model/json.ts'
import type { IdentityRules, TrackingSettings } from '../model/settings.ts'

/** What the snippet reports by itself. */
const ownTypes: readonly string[] = ['page.viewed', 'page.engaged']

/** Types that say who somebody is, what they agreed to, what an email or a salesperson did, or what was paid. */
const trusted =
  /^(activity|consent|customer|deal|email|form|handoff|lead|negotiation|onboarding|order|profile|proposal)\./

/** Whether a page may report it at all: anybody can send a beacon, so nothing may rest on it but interest. */
export const mayBeReported = (type: string): boolean => !trusted.test(type)

const isReported = ({ types = [] }: TrackingSettings, type: string): boolean =>
  mayBeReported(type) && (ownTypes.includes(type) || types.includes(type))

/** @param own where Trichter's own pages stand. */
export const isTrackedSite = ({ origins }: TrackingSettings, origin: string, own: string): boolean =>
  origins === undefined || origin === own || origins.includes(origin)

/** A page has one or two things to say at once; a sender of many is no page. */
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

interface BeaconContext {
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
