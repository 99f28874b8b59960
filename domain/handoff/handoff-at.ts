import type { Handoff } from './handoff.ts'

/** A handoff as it stood at `at` (RFC 3339 UTC): open before it was answered or closed. @returns undefined before it was asked for. */
export const handoffAt = (handoff: Handoff, at: string): Handoff | undefined => {
  if (handoff.requestedAt > at) return undefined
  const { answer } = handoff
  return answer.state !== 'requested' && answer.at > at
    ? { ...handoff, answer: { state: 'requested' } }
    : handoff
}
