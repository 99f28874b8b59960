import { makeFinishHandoff } from './attend-handoff.ts'
import { makeClaimTurn } from './claim-turn.ts'
import { makeFollowLead } from './follow-deals.ts'
import { type HandOffLeadPorts, makeHandOffLead } from './hand-off-lead.ts'
import { parseMessage } from './parse-message.ts'
import { makePassDeadline } from './pass-deadline.ts'
import { makeRememberAccount, type RememberAccountPorts } from './remember-account.ts'
import { makeTakeBackHandoffs } from './take-back-handoffs.ts'

export interface FollowQualificationPorts extends HandOffLeadPorts, RememberAccountPorts {
  readonly handoffs: HandOffLeadPorts['handoffs']
  readonly leads: HandOffLeadPorts['leads']
  readonly accounts: HandOffLeadPorts['accounts'] & RememberAccountPorts['accounts']
  readonly rules: HandOffLeadPorts['rules']
}

/**
 * Takes one message of the handoff queue: a lead qualified, or what it qualified by was taken back; a time is up; sales has
 * accepted, or given the lead back; a deal begins, is won or lost, or is so no more.
 */
export const makeFollowQualification = (ports: FollowQualificationPorts) => {
  const claimTurn = makeClaimTurn(ports)
  const handOffLead = makeHandOffLead(ports, claimTurn)
  const takeBackHandoffs = makeTakeBackHandoffs(ports)
  const passDeadline = makePassDeadline({ ...ports, claimTurn })
  const finishHandoff = makeFinishHandoff(ports)
  const rememberAccount = makeRememberAccount(ports)
  const followLead = makeFollowLead(ports)
  return async (body: unknown): Promise<void> => {
    const message = parseMessage(body)
    switch (message.type) {
      case 'qualified':
        return handOffLead(message.qualified)
      case 'withdrawn':
        return takeBackHandoffs(message.cycle)
      case 'deadline':
        return passDeadline(message.tick)
      case 'publish':
        await finishHandoff(message.handoffId)
        // Nothing else says that somebody took over one that was accepted.
        return rememberAccount(message.handoffId)
      case 'accepted':
        return rememberAccount(message.handoffId)
      case 'lead':
        return followLead(message.leadId)
      case 'on-its-way':
      case 'rescored':
        return
      default:
        return message satisfies never
    }
  }
}
