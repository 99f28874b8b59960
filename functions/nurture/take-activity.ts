import type { Reached } from '../../domain/sequence/enter-sequence.ts'
import { isAwaited, wakeRun } from '../../domain/sequence/wake-run.ts'
import { type ContinueRunPorts, makeTakeRun } from './continue-run.ts'

/** A lead did something: whichever of its runs waits for that goes on. */
export const makeTakeActivity = (ports: ContinueRunPorts) => {
  const takeRun = makeTakeRun(ports)
  return async (type: string, { leadId, fact, decisionId }: Reached): Promise<void> => {
    const activity = { type, occurredAt: fact.occurredAt }
    for (const { sequence } of (await ports.runs.list(leadId)).filter((run) => isAwaited(run, activity)))
      await takeRun(
        { leadId, sequence },
        (run) => isAwaited(run, activity),
        async (run, program, ask, now) => {
          const { paused } = await ports.sequences.load(sequence)
          return wakeRun(run, program, ask, now, { by: { decisionId }, paused: paused !== undefined })
        },
      )
  }
}
