import type { Json } from '../json.ts'
import type { MappedActivity } from './map-event.ts'

/** What the sales process reads of an activity about a deal: figures, and codes that the playbook knows. */
const kept = new Set([
  'amount',
  'channel',
  'currency',
  'dealId',
  'orderId',
  'outcome',
  'phase',
  'proposalId',
  'rating',
  'reason',
  'renewsAt',
])

/** A code, an id, a figure or a date: nobody's sentence and nobody's address. */
const isCode = (value: Json): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^[\w.:+-]{1,64}$/.test(value))

/**
 * What is kept of an activity about a deal of nobody yet: without whatever somebody wrote into the CRM. An erasure does
 * not find what waits there, as nothing says whose it is.
 */
export const whileWaiting = (activity: MappedActivity): MappedActivity => ({
  ...activity,
  properties: Object.fromEntries(
    Object.entries(activity.properties).filter(([name, value]) => kept.has(name) && isCode(value)),
  ),
})
