import type { TooMany } from './judge-sending.ts'
import type { Figures, Stream } from './sending-figures.ts'

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

export const neverPaused: SendingState = { version: 0 }

export const neverPausedOf = (stream: Stream): SendingState =>
  stream === 'marketing' ? neverPaused : { ...neverPaused, stream }

/** The first part of the ids of what is told. */
const nameOf = ({ stream }: Pick<SendingState, 'stream'>): string => stream ?? 'sending'

const toldOf = ({ stream }: Pick<SendingState, 'stream'>) => (stream === undefined ? {} : { what: stream })

/** What other programs are told. `id` is the same for the same pause. */
export interface SendingChange {
  readonly type: 'SendingPaused' | 'SendingResumed'
  readonly id: string
  readonly occurredAt: string
  /** Absent: marketing mail. */
  readonly what?: Exclude<Stream, 'marketing'>
  readonly because?: string
  readonly figures?: Figures
}

/** The state before and after, told. */
export const pausing = (
  state: SendingState,
  because: TooMany | 'by-hand',
  now: string,
  figures?: Figures,
): { readonly state: SendingState; readonly change: SendingChange } => ({
  state: { ...state, paused: { since: now, because, ...(figures && { figures }) } },
  change: {
    type: 'SendingPaused',
    id: `${nameOf(state)}:${state.version + 1}`,
    occurredAt: now,
    ...toldOf(state),
    because,
    ...(figures && { figures }),
  },
})

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
