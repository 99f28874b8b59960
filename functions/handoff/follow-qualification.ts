import { type HandOffLeadPorts, makeHandOffLead } from './hand-off-lead.ts'
import { parseMessage } from './parse-message.ts'
import { makeTakeBackHandoffs } from './take-back-handoffs.ts'

/** Takes one message of the handoff queue: a lead qualified, or what it qualified by was taken back. */
export const makeFollowQualification = (ports: HandOffLeadPorts) => {
  const handOffLead = makeHandOffLead(ports)
  const takeBackHandoffs = makeTakeBackHandoffs(ports)
  return (body: unknown): Promise<void> => {
    const message = parseMessage(body)
    switch (message.type) {
      case 'qualified':
        return handOffLead(message.qualified)
      case 'withdrawn':
        return takeBackHandoffs(message.cycle)
      case 'rescored':
        return Promise.resolve()
      default:
        return message satisfies never
    }
  }
}
