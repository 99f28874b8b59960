import { addMilliseconds } from '../time/local-time.ts'
import type { Attempted } from './delivery.ts'

/** What is known of an endpoint beside what the playbook says. */
export interface EndpointState {
  /** Of its secret; counts from 1. */
  readonly generation: number
  readonly rotatedAt?: string
  /** It answered 410; counts only while the playbook names this very address. */
  readonly disabled?: { readonly at: string; readonly url: string }
  /** It is overloaded or does not answer: what is new waits until then. */
  readonly restUntil?: string
  /** Failures of that kind, one after the other. */
  readonly strained?: number
  /** The latest failure of any kind; no text of the receiver's. */
  readonly lastError?: { readonly at: string; readonly status?: number; readonly reason?: string }
  /** 0: not stored yet. */
  readonly version: number
}

export const newEndpoint: EndpointState = { generation: 1, version: 0 }

/** How long the secret before the present one signs as well, in ms. */
const overlap = 24 * 3_600_000

export const rotated = (state: EndpointState, now: string): EndpointState => ({
  ...state,
  generation: state.generation + 1,
  rotatedAt: now,
})

/** Until when the secret before signs as well; undefined where there is none. */
export const overlapUntil = ({ generation, rotatedAt }: EndpointState): string | undefined =>
  rotatedAt === undefined || generation < 2 ? undefined : addMilliseconds(rotatedAt, overlap)

/** The secrets that sign now, the present one first. */
export const signingGenerations = (state: EndpointState, now: string): readonly number[] => {
  const until = overlapUntil(state)
  const { generation } = state
  return until !== undefined && now < until ? [generation, generation - 1] : [generation]
}

export const isDisabled = ({ disabled }: EndpointState, url: string): boolean => disabled?.url === url

export const enabled = ({ disabled: _, restUntil: _rest, strained: _strained, ...state }: EndpointState) =>
  state

/** Rests in ms after so many failures in a row, doubling: a dead receiver costs little, one that is back is noticed soon. */
const firstRest = 5_000
const longestRest = 300_000

/** Time-outs and overload pass by leaving it alone; any other failure is about the one message. */
const isStrain = (attempted: Attempted): boolean =>
  attempted.type === 'unanswered' || [429, 502, 503, 504].includes(attempted.status)

/** What a failed attempt says about the endpoint. */
export const afterFailure = (
  state: EndpointState,
  attempted: Attempted,
  url: string,
  now: string,
): EndpointState => {
  const lastError =
    attempted.type === 'answered'
      ? { at: now, status: attempted.status }
      : { at: now, reason: attempted.reason }
  if (attempted.type === 'answered' && attempted.status === 410)
    return { ...state, lastError, disabled: { at: now, url } }
  // Several attempts at once fail together: that is one failure.
  if (!isStrain(attempted) || (state.restUntil !== undefined && now < state.restUntil))
    return { ...state, lastError }
  const strained = (state.strained ?? 0) + 1
  const rest = Math.min(firstRest * 2 ** (strained - 1), longestRest)
  return { ...state, lastError, strained, restUntil: addMilliseconds(now, rest) }
}

/** It answers again. @returns the same object where there was nothing to forget. */
export const afterSuccess = (state: EndpointState): EndpointState => {
  if (state.strained === undefined) return state
  const { strained: _, restUntil: _rest, ...well } = state
  return well
}

/** Until when something new waits; undefined: it may go. @param chance spreads what waited together over as long again. */
export const restsUntil = (
  { restUntil, strained = 1 }: EndpointState,
  now: string,
  chance: number,
): string | undefined =>
  restUntil === undefined || restUntil <= now
    ? undefined
    : addMilliseconds(restUntil, Math.round(chance * Math.min(firstRest * 2 ** (strained - 1), longestRest)))
