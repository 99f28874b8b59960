import type { Rules } from '../../domain/playbook/rules.ts'
import type { Clock, Handoffs, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import { type AddressOwnerPorts, briefOwner } from '../send/address-owner.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'
import { oneOf } from './paging.ts'
import { orphaned, viewHandoffInFull } from './view-handoff.ts'

export interface ShowHandoffPorts extends AddressOwnerPorts {
  readonly handoffs: Pick<Handoffs, 'find' | 'load'>
  readonly leads: Pick<Leads, 'load' | 'facts'>
  readonly rules: Rules
  readonly clock: Clock
}

/** One handoff, with everybody who had it, and with what its owner reads about the lead; `?language=` says in which language. */
export const makeShowHandoff =
  (ports: ShowHandoffPorts) =>
  async ({ params, query }: ApiRequest): Promise<ApiResult> => {
    const { playbook } = ports.rules
    const { languages } = playbook.settings
    const language = oneOf(languages).safeParse(query.language)
    if (!language.success)
      return {
        type: 'bad-input',
        errors: [{ path: 'language', message: `must be one of: ${languages.join(', ')}` }],
      }
    const handoff = await ports.handoffs.find(params.id ?? '')
    if (!handoff) return { type: 'not-found', detail: 'There is no handoff with this id.' }
    const now = ports.clock()
    const lead = await rootLead(ports.leads, handoff.leadId)
    const brief =
      lead?.state &&
      (await briefOwner(
        ports,
        handoff,
        playbook,
        { ...lead, state: lead.state },
        language.data ?? languages[0],
        now,
      ))
    return {
      type: 'ok',
      body: {
        ...viewHandoffInFull(handoff, now),
        ...orphaned(handoff, playbook.handoff),
        ...(brief && { brief }),
      },
    }
  }
