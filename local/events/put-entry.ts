import { AwsError } from '../aws-error.ts'
import { type Json, parseExactly } from './json-text.ts'

/** One entry of PutEvents as the wire carries it; nothing in it is trusted. */
export interface PutEventsEntry {
  readonly Source?: unknown
  readonly DetailType?: unknown
  readonly Detail?: unknown
  readonly EventBusName?: unknown
  readonly Resources?: unknown
  /** Seconds since the epoch, or RFC 3339. */
  readonly Time?: unknown
  readonly TraceHeader?: unknown
}

export interface AcceptedEntry {
  readonly source: string
  readonly detailType: string
  /** The detail as it was written, so that its numbers keep their digits on the way. */
  readonly detailText: string
  readonly detail: object
  /** Name or ARN. */
  readonly bus: string
  readonly resources: readonly string[]
  /** Milliseconds; absent: the time of arrival. */
  readonly time: number | undefined
}

interface EntryFault {
  readonly ErrorCode: string
  readonly ErrorMessage: string
}

export type PutEventsResultEntry =
  | { readonly EventId: string }
  | { readonly ErrorCode: string; readonly ErrorMessage: string }

export interface PutEventsResult {
  readonly FailedEntryCount: number
  readonly Entries: readonly PutEventsResultEntry[]
}

const MAX_ENTRIES = 10
const MAX_BYTES = 256 * 1024

/**
 * Checks what a request of PutEvents must keep to as a whole.
 * @throws AwsError(ValidationException)
 */
export function checkRequest(entries: readonly PutEventsEntry[]): void {
  const count = Array.isArray(entries) ? entries.length : 0
  if (count < 1 || count > MAX_ENTRIES) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${
        count < 1 ? 'greater than or equal to 1' : `less than or equal to ${MAX_ENTRIES}`
      }`,
    )
  }
  const size = entries.reduce((sum, entry) => sum + entrySize(entry), 0)
  if (size > MAX_BYTES) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.')
  }
}

/** Checks one entry as EventBridge does: the first fault found is the answer. */
export function checkEntry(entry: PutEventsEntry): AcceptedEntry | EntryFault {
  const source = requiredText('Source', entry.Source)
  if (typeof source === 'object') return source
  const detailType = requiredText('DetailType', entry.DetailType)
  if (typeof detailType === 'object') return detailType
  const detailText = requiredText('Detail', entry.Detail)
  if (typeof detailText === 'object') return detailText
  if (source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' }
  }
  const detail = readDetail(detailText)
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
  const resources = entry.Resources ?? []
  if (!isTexts(resources)) return invalid('Resources', 'Resources must be a list of strings.')
  const time = readTime(entry.Time)
  if (Number.isNaN(time)) return invalid('Time', 'Time is not an instant.')
  const bus = entry.EventBusName ?? 'default'
  if (typeof bus !== 'string' || bus === '')
    return invalid('EventBusName', 'EventBusName must be a name or an ARN.')
  return { source, detailType, detailText: detailText.trim(), detail, bus, resources, time }
}

export function invalid(parameter: string, reason: string): EntryFault {
  return {
    ErrorCode: 'InvalidArgument',
    ErrorMessage: `Parameter ${parameter} is not valid. Reason: ${reason}`,
  }
}

/** An entry's size as EventBridge counts it, in bytes. */
function entrySize(entry: PutEventsEntry): number {
  const resources = Array.isArray(entry.Resources) ? entry.Resources : []
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...resources]
  const bytes = texts.map((text) => (typeof text === 'string' ? Buffer.byteLength(text) : 0))
  return bytes.reduce((sum, size) => sum + size, entry.Time === undefined ? 0 : 14)
}

function requiredText(name: string, value: unknown): string | EntryFault {
  if (value === undefined || value === null || value === '')
    return invalid(name, `${name} is a required argument.`)
  return typeof value === 'string' ? value : invalid(name, `${name} must be a string.`)
}

function readDetail(text: string): object | undefined {
  let detail: Json
  try {
    detail = parseExactly(text)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined
    throw error
  }
  return typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? detail : undefined
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function readTime(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return value * 1000
  return typeof value === 'string' ? Date.parse(value) : Number.NaN
}
