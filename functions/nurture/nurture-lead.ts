import { makeContinueRun } from './continue-run.ts'
import { type EnterSequencesPorts, makeEnterSequences } from './enter-sequences.ts'
import { parseMessage } from './parse-message.ts'

/** Takes one message of the nurture queue: a stage reached, or a wait that is over. */
export const makeNurtureLead = (ports: EnterSequencesPorts) => {
  const enterSequences = makeEnterSequences(ports)
  const continueRun = makeContinueRun(ports)
  return (body: unknown): Promise<void> => {
    const message = parseMessage(body)
    switch (message.type) {
      case 'stage-reached':
        return enterSequences(message.reached)
      case 'tick':
        return continueRun(message.tick)
      case 'rescored':
        return Promise.resolve()
      default:
        return message satisfies never
    }
  }
}
