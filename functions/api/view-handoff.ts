import type { Handoff } from '../../domain/handoff/handoff.ts'

/** A handoff as the console shows it; `reason` is why sales sent it back, or why it is no longer open. */
export const viewHandoff = (handoff: Handoff) => ({
  handoffId: handoff.handoffId,
  leadId: handoff.leadId,
  state: handoff.answer.state,
  owner: handoff.owner,
  team: handoff.team,
  score: handoff.score,
  stage: handoff.stage,
  requestedAt: handoff.requestedAt,
  dueAt: handoff.dueAt,
  reason: 'reason' in handoff.answer ? (handoff.answer.reason ?? null) : null,
  answeredBy:
    handoff.answer.state === 'accepted' || handoff.answer.state === 'rejected' ? handoff.answer.by : null,
})
