import type { AnswerResult, HandoffReply } from '../../domain/handoff/answer-handoff.ts'
import { answerHandoff } from '../../domain/handoff/answer-handoff.ts'
import type { HandoffRules } from '../../domain/handoff/handoff-rules.ts'
import type { Bus, Clock, Handoffs } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { promisePublishing, type TellHandoff } from './promise-publishing.ts'
import { publishHandoff } from './publish-handoff.ts'

export interface AnswerHandoffPorts {
  readonly handoffs: Handoffs
  readonly bus: Bus
  readonly tellHandoff: TellHandoff
  readonly clock: Clock
  readonly rules: HandoffRules
}

export type AnswerOutcome = AnswerResult | { readonly type: 'unknown-handoff' }

/**
 * Sales accepts or rejects. Of two who answer at once, one wins and the other is told. Nobody asks again when the process
 * dies after the commit, so the handoff queue holds a message beforehand that has the answer told.
 */
export const makeAnswerHandoff =
  (ports: AnswerHandoffPorts) =>
  (handoffId: string, reply: HandoffReply): Promise<AnswerOutcome> =>
    retryConflicts(async () => {
      const stored = await ports.handoffs.find(handoffId)
      if (!stored) return { type: 'unknown-handoff' }
      const result = answerHandoff(stored, reply, ports.rules, ports.clock())
      switch (result.type) {
        case 'answered': {
          await promisePublishing(ports.tellHandoff, handoffId)
          await ports.handoffs.commit(result.handoff)
          await publishHandoff(ports, { ...result.handoff, version: result.handoff.version + 1 })
          return result
        }
        case 'repeated':
        case 'no-longer-open':
          // An answer whose publishing was cut short is finished by whoever comes next.
          await publishHandoff(ports, result.handoff)
          return result
        case 'handed-on':
        case 'unknown-reason':
          return result
        default:
          return result satisfies never
      }
    })
