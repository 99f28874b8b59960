import type { Json, JsonObject } from './json.ts'

/** One line of a rehearsal's timeline. `tone` is its importance. */
export interface Line {
  readonly kind: string
  readonly text: string
  readonly tone: 'plain' | 'deed' | 'email' | 'advance' | 'handoff' | 'amiss'
}

/** Context that a line needs besides its event. */
export interface LineContext {
  /** A moment in the reader's time zone. */
  readonly clock: (instant: string) => string
  /** The result of a sequence's step; undefined if another line shows it. */
  readonly step: (data: JsonObject) => string | undefined
}

export const noLine = (): undefined => undefined

export const plain = (kind: string, text: string): Line => ({ kind, text, tone: 'plain' })
export const ofSales = (kind: string, text: string): Line => ({ kind, text, tone: 'handoff' })
export const ofStage = (text: string): Line => ({ kind: 'stage', text, tone: 'advance' })

/** Lists the fields, for events that are rare in a rehearsal. */
export const fieldsOf =
  (type: string) =>
  ({ leadId: _, ...data }: JsonObject): Line =>
    plain('event', `${type} ${propertiesText(data)}`.trim())

/** Whole numbers unchanged, others with one decimal. */
export const rounded = (points: number): string =>
  Number.isInteger(points) ? String(points) : points.toFixed(1)

const longestValue = 60

export const valueText = (value: Json): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

export const propertiesText = (properties: JsonObject): string =>
  Object.entries(properties)
    .flatMap(([name, value]) =>
      name === 'fields' && typeof value === 'object' && value !== null
        ? Object.entries(value)
        : [[name, value] as const],
    )
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(', ')

export const oneLine = (condition: string): string => condition.replaceAll(/\s+/g, ' ').trim()

/** Early ends of a run. */
export const exits: ReadonlyMap<string, string> = new Map([
  ['merged', 'left, the lead is part of another now'],
  ['withdrawn', 'left, what it began with was taken back'],
  ['recycled', 'left, sales sent the lead back to an earlier stage'],
  ['consent-withdrawn', 'left, consent was withdrawn'],
  ['customer', 'left, the lead is a customer now'],
  ['closed', 'left, the lead was closed for good'],
  ['step', 'left by an exit step'],
  ['no-date', 'left, the lead has no date to wait for'],
])

/** Reasons of `EmailHeld`. */
export const waits: ReadonlyMap<string, string> = new Map([
  ['window', 'outside the sending hours'],
  ['cap', 'more than the caps allow'],
  ['paused', 'all sending is paused'],
  ['confirmations-paused', 'confirmations are paused'],
  ['confirmations-full', 'too many confirmations go out at the moment'],
  ['throttled', 'the mail service takes no more for now'],
  ['sender-not-verified', 'the mail service has not verified the sender'],
  ['recipient-not-verified', 'the mail service is in its sandbox, and the recipient not verified'],
  ['sending-disabled', 'the mail service does not let the account send'],
  ['sequence-paused', 'its sequence is paused'],
  ['shifted', 'its sequence was paused, and it falls due later'],
  ['order', 'an earlier email of the sequence goes first'],
  ['wish', 'the person asked for a pause'],
])

/** Reasons of `EmailSuppressed`; others are shown unchanged. */
export const suppressions: ReadonlyMap<string, string> = new Map([
  ['no-consent', 'there is no consent'],
  ['no-address', 'there is no address'],
  ['bounced', 'the address bounced'],
  ['soft-bounced', 'the address bounced softly too often'],
  ['ses-suppressed', 'SES does not deliver to the address any more'],
  ['complained', 'the lead complained about an email'],
  ['already-answered', 'it was answered already'],
  ['exit', "the sequence's exit condition now holds"],
  ['goal', "the sequence's goal has been reached"],
  ['stale', 'it would have come too late'],
  ['cancelled', 'withdrawn by hand'],
  ['canceled', 'its broadcast was canceled'],
  ['with-sales', 'sales has the lead'],
  ['skipped-paused', 'it fell due while its sequence was paused'],
])
