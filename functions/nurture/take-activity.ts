import type { Reached } from '../../domain/sequence/enter-sequence.ts'
import type { Run } from '../../domain/sequence/run.ts'
import { isAwaited, lookAtDate, mayMoveDate, wakeRun } from '../../domain/sequence/wake-run.ts'
import { type ContinueRunPorts, makeTakeRun } from './continue-run.ts'

/** A lead did something: whichever of its runs waits for that goes on, or looks at its date anew. */
export const makeTakeActivity = (ports: ContinueRunPorts) => {
  const takeRun = makeTakeRun(ports)
  return async (type: string, { leadId, fact, decisionId }: Reached): Promise<void> => {
    const activity = { type, occurredAt: fact.occurredAt }
    const wanted = (run: Run): boolean => isAwaited(run, activity) || mayMoveDate(run, type)
    for (const { sequence } of (await ports.runs.list(leadId)).filter(wanted))
      await takeRun({ leadId, sequence }, wanted, async (run, program, ask, now) => {
        const { paused } = await ports.sequences.load(sequence)
        const waking = { by: { decisionId }, paused: paused !== undefined }
        return isAwaited(run, activity)
          ? wakeRun(run, program, ask, now, waking)
          : lookAtDate(run, program, ask, now, waking)
      })
  }
}
