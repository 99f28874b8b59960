import type { ResumeMode } from '../../domain/sequence/sequence-state.ts'
import type { Refusal } from '../http/refusal.ts'
import type { Clock, Playbooks } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { AnnounceResumed, SequenceStates, TellNurture } from '../sequence-ports.ts'
import { knownSequence, noSequence } from './known-sequence.ts'

export interface SteerSequencePorts {
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly sequences: SequenceStates
  readonly tellNurture: TellNurture
  readonly announceResumed: AnnounceResumed
  readonly clock: Clock
}

type Answer = Promise<{ readonly type: 'ok' | 'accepted'; readonly body: unknown } | Refusal>

/** Holds every run of a sequence at its next step. Pausing again changes nothing. */
export const makePause =
  ({ playbooks, sequences, clock }: SteerSequencePorts) =>
  async (sequence: string): Answer => {
    if (!knownSequence(await playbooks.current(), sequence)) return noSequence
    return retryConflicts(async () => {
      const state = await sequences.load(sequence)
      const paused = state.paused ?? { since: clock() }
      if (!state.paused) await sequences.commit(sequence, { ...state, paused })
      return { type: 'ok', body: { sequence, paused: paused.since } }
    })
  }

/**
 * Lets a sequence go on; runs and emails that fell due meanwhile are released in the background, as `due` says. Lists lag behind, so
 * they are gone through twice.
 */
export const makeResume =
  ({ playbooks, sequences, tellNurture, announceResumed, clock }: SteerSequencePorts) =>
  async (sequence: string, due: ResumeMode): Answer => {
    if (!knownSequence(await playbooks.current(), sequence)) return noSequence
    return retryConflicts(async () => {
      const { paused, ...rest } = await sequences.load(sequence)
      if (!paused) return { type: 'conflict', detail: 'This sequence is not paused.' }
      const resumed = { at: clock(), pausedAt: paused.since, due }
      await sequences.commit(sequence, { ...rest, resumed })
      const id = `${sequence}:${resumed.at}`
      await tellNurture({ type: 'sweep', id, sequence, status: 'held', work: { type: 'release' } })
      await announceResumed({ id, occurredAt: resumed.at, sequence, due })
      return { type: 'accepted', body: { sequence, ...resumed } }
    })
  }
