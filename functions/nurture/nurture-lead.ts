import type { Reached } from '../../domain/sequence/enter-sequence.ts'
import { makeContinueRun } from './continue-run.ts'
import { type EnterSequencesPorts, makeEnterSequences } from './enter-sequences.ts'
import { makeGiveBack } from './give-back.ts'
import { parseMessage } from './parse-message.ts'
import { makeSweepRuns, type SweepRunsPorts } from './sweep-runs.ts'
import { makeTakeActivity } from './take-activity.ts'
import { makeTakeGoals } from './take-goals.ts'
import { makeWorkOnRun } from './work-on-run.ts'

export type NurtureLeadPorts = EnterSequencesPorts & SweepRunsPorts

/** Takes one message of the nurture queue: something that sequences begin with or wait for, or a wait that is over. */
export const makeNurtureLead = (ports: NurtureLeadPorts) => {
  const enterSequences = makeEnterSequences(ports)
  const continueRun = makeContinueRun(ports)
  const takeActivity = makeTakeActivity(ports)
  const takeGoals = makeTakeGoals(ports)
  const sweepRuns = makeSweepRuns(ports)
  const workOnRun = makeWorkOnRun(ports)
  const giveBack = makeGiveBack(ports)

  /** Waits end before sequences begin: one that begins with an activity does not wait for that very one. */
  const take = async (reached: Reached): Promise<void> => {
    if (reached.on.type === 'activity') {
      await takeActivity(reached.on.activity, reached)
      await takeGoals(reached)
    }
    await enterSequences(reached)
  }

  return (body: unknown): Promise<void> => {
    const message = parseMessage(body)
    switch (message.type) {
      case 'reached':
        return take(message.reached)
      case 'tick':
        return continueRun(message.tick)
      case 'sweep':
        return sweepRuns(message.sweep)
      case 'run':
        return workOnRun(message.run)
      case 'given-back':
        return giveBack.ofAll(message.leadId)
      case 'rescored':
        return Promise.resolve()
      default:
        return message satisfies never
    }
  }
}
