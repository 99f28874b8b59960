import { rulesOf } from '../compiled-rules.ts'
import { makeRescoreLead } from '../record/rescore-lead.ts'
import { parseMessage, type RescoreMessage } from './parse-message.ts'
import type { RescorePorts } from './rescore-ports.ts'
import { makeStartRescoring } from './start-rescoring.ts'
import { makeTakePage } from './take-page.ts'

type LeadMessage = Extract<RescoreMessage, { type: 'lead' }>

/** By itself, so that it can be delivered again from the dead letters once what ailed it is mended. */
const makeTakeLead = (ports: RescorePorts) => {
  const rescoreLead = makeRescoreLead(ports)
  return async ({ leadId, rules }: LeadMessage): Promise<void> => {
    const playbook = await ports.playbooks.current()
    if (playbook.rulesVersion === rules) await rescoreLead(leadId, rulesOf(playbook))
  }
}

/** Takes one message of the rescore queue: rules that went live, a page of leads, or one lead. */
export const makeRescoreLeads = (ports: RescorePorts) => {
  const start = makeStartRescoring(ports)
  const takePage = makeTakePage(ports)
  const takeLead = makeTakeLead(ports)
  return (body: unknown): Promise<void> => {
    const message = parseMessage(body)
    switch (message.type) {
      case 'start':
        return start(message)
      case 'page':
        return takePage(message)
      case 'lead':
        return takeLead(message)
      default:
        return message satisfies never
    }
  }
}
