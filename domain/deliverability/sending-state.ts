import type { TooMany } from './judge-sending.ts'
import type { Figures } from './sending-figures.ts'

/** Whether marketing mail goes out. */
export interface SendingState {
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

/** What other programs are told. `id` is the same for the same pause. */
export interface SendingChange {
  readonly type: 'SendingPaused' | 'SendingResumed'
  readonly id: string
  readonly occurredAt: string
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
    id: `sending:${state.version + 1}`,
    occurredAt: now,
    because,
    ...(figures && { figures }),
  },
})

export const resuming = (
  { version }: SendingState,
  now: string,
): { readonly state: SendingState; readonly change: SendingChange } => {
  const state = { version, resumedAt: now }
  return { state, change: resumed({ ...state, version: version + 1 }) }
}

/** The change that has led to a state that was resumed. */
export const resumed = ({ version, resumedAt = '' }: SendingState): SendingChange => ({
  type: 'SendingResumed',
  id: `sending:${version}`,
  occurredAt: resumedAt,
})
