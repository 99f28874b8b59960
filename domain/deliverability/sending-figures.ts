import type { Announcement } from '../model/decision.ts'
import { addMilliseconds } from '../time/local-time.ts'

/**
 * Mail that is counted, judged and paused for itself: marketing mail, and all other, of which confirmations are what a
 * stranger can have sent to any address.
 */
export const streams = ['marketing', 'confirmations'] as const
export type Stream = (typeof streams)[number]

/** A mail that was handed to SES. */
export interface Mailed {
  readonly at: string
  readonly stream: Stream
}

/** What became of mail. */
interface Figures {
  readonly sent: number
  /** Hard ones. */
  readonly bounced: number
  readonly complained: number
}

/** The figures of mail that was handed to SES within ten minutes from `at`. */
export interface Slot extends Figures {
  readonly at: string
}

const slotLength = 10 * 60_000
const day = 24 * 3_600_000

/** When the slot of a mail begins: bounces count where the mail went out, however late they come. */
export const slotOf = (mailedAt: string): string =>
  new Date(Math.floor(Date.parse(mailedAt) / slotLength) * slotLength).toISOString()

/** The first slot that counts at `now`: the last day's, but none that had begun when sending was resumed. */
export const firstSlot = (now: string, resumedAt?: string): string => {
  const dayAgo = slotOf(addMilliseconds(now, -day))
  if (resumedAt === undefined) return dayAgo
  const afterResuming = slotOf(addMilliseconds(resumedAt, slotLength - 1))
  return afterResuming > dayAgo ? afterResuming : dayAgo
}

/** One slot for each time, where several hold parts of it; in order of time. */
export const mergeSlots = (parts: readonly Slot[]): readonly Slot[] =>
  [...Map.groupBy(parts, ({ at }) => at)]
    .map(([at, slots]) => ({ at, ...addUp(slots) }))
    .toSorted((one, other) => (one.at < other.at ? -1 : 1))

export const addUp = (slots: readonly Slot[]): Figures => ({
  sent: slots.reduce((sum, { sent }) => sum + sent, 0),
  bounced: slots.reduce((sum, { bounced }) => sum + bounced, 0),
  complained: slots.reduce((sum, { complained }) => sum + complained, 0),
})

/** Whether mail goes out. */
export interface SendingState {
  /** Absent: marketing mail. */
  readonly stream?: Exclude<Stream, 'marketing'>
  readonly paused?: {
    readonly since: string
    readonly because: TooMany | 'by-hand'
    /** The figures that led to it. */
    readonly figures?: Figures
  }
  /** Mail of before does not count any more: somebody has looked at it. */
  readonly resumedAt?: string
  /** 0: never paused. */
  readonly version: number
}

type Paused = SendingState & Required<Pick<SendingState, 'paused'>>

export const isPaused = (state: SendingState): state is Paused => state.paused !== undefined

const neverPaused: SendingState = { version: 0 }

export const neverPausedOf = (stream: Stream): SendingState =>
  stream === 'marketing' ? neverPaused : { ...neverPaused, stream }

/** The first part of the ids of what is told. */
const nameOf = ({ stream }: Pick<SendingState, 'stream'>): string => stream ?? 'sending'

const toldOf = ({ stream }: Pick<SendingState, 'stream'>) => (stream === undefined ? {} : { what: stream })

/** What other programs are told. `id` is the same for the same pause. */
export type SendingChange = Announcement<'SendingPaused' | 'SendingResumed'>

/** The change that has led to a state that is paused. */
export const paused = ({ version, paused: pause, ...of }: Paused): SendingChange => ({
  type: 'SendingPaused',
  id: `${nameOf(of)}:${version}`,
  occurredAt: pause.since,
  ...toldOf(of),
  because: pause.because,
  ...(pause.figures && { figures: pause.figures }),
})

/** The state before and after, told. */
export const pausing = (
  state: SendingState,
  because: TooMany | 'by-hand',
  now: string,
  figures?: Figures,
): { readonly state: SendingState; readonly change: SendingChange } => {
  const next = { ...state, paused: { since: now, because, ...(figures && { figures }) } }
  return { state: next, change: paused({ ...next, version: state.version + 1 }) }
}

export const resuming = (
  { version, stream }: SendingState,
  now: string,
): { readonly state: SendingState; readonly change: SendingChange } => {
  const state = { version, resumedAt: now, ...(stream !== undefined && { stream }) }
  return { state, change: resumed({ ...state, version: version + 1 }) }
}

/** The change that has led to a state that was resumed. */
export const resumed = ({ version, resumedAt = '', ...of }: SendingState): SendingChange => ({
  type: 'SendingResumed',
  id: `${nameOf(of)}:${version}`,
  occurredAt: resumedAt,
  ...toldOf(of),
})

/**
 * From where on SES puts an account under review (bounces 5 %, complaints 0.1 %), and the least number of mails that a
 * rate is taken of: one bounce of ten mails says nothing, six do.
 * @see https://docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html
 */
export const sendingLimits = {
  marketing: { bounces: { rate: 0.05, base: 100 }, complaints: { rate: 0.001, base: 1_000 } },
  // People mistype addresses; SES counts it all together, and stops an account at twice of what it reviews.
  confirmations: { bounces: { rate: 0.1, base: 100 }, complaints: { rate: 0.002, base: 1_000 } },
} as const satisfies Record<Stream, object>

export type TooMany = 'bounces' | 'complaints'

const rateOf = (count: number, sent: number, { base }: { readonly base: number }): number =>
  count / Math.max(sent, base)

/** Shares of the mails sent, or of the least base where fewer were. */
export const sendingRates = ({ sent, bounced, complained }: Figures, stream: Stream = 'marketing') => ({
  bounces: rateOf(bounced, sent, sendingLimits[stream].bounces),
  complaints: rateOf(complained, sent, sendingLimits[stream].complaints),
})

/** What has passed its limit; undefined when sending may go on. At the limit it may. */
export const judgeSending = (figures: Figures, stream: Stream = 'marketing'): TooMany | undefined => {
  const rates = sendingRates(figures, stream)
  const { bounces, complaints } = sendingLimits[stream]
  if (rates.complaints > complaints.rate) return 'complaints'
  return rates.bounces > bounces.rate ? 'bounces' : undefined
}
