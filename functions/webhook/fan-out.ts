import type { Playbook } from '../../domain/playbook/playbook.ts'
import { giveUp, newDelivery } from '../../domain/webhook/delivery.ts'
import { type Endpoint, isTold, listensTo } from '../../domain/webhook/endpoint.ts'
import { isDisabled } from '../../domain/webhook/endpoint-state.ts'
import type { WebhookEvent } from '../../domain/webhook/webhook-event.ts'
import type { Clock, Handoffs, Leads } from '../ports.ts'
import type { Deliveries, EndpointStates } from '../webhook-ports.ts'
import { handoffOf } from './gather-background.ts'
import type { SetAttempt } from './set-attempt.ts'

export interface FanOutPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Pick<Handoffs, 'find' | 'list'>
  readonly deliveries: Pick<Deliveries, 'add'>
  readonly endpoints: Pick<EndpointStates, 'load'>
  readonly clock: Clock
  readonly setAttempt: SetAttempt
}

/**
 * Something happened: one delivery for each endpoint that is to hear of it, each with a message of its own, so that none
 * waits for another. One that is disabled gets a failed delivery, to be replayed when it is enabled again. Safe to repeat.
 */
export const makeFanOut = (ports: FanOutPorts) => {
  const { leads, deliveries, endpoints, clock, setAttempt } = ports

  const deliver = async (event: WebhookEvent, { id, url }: Endpoint): Promise<void> => {
    const fresh = newDelivery(id, event, clock())
    const isOff = isDisabled(await endpoints.load(id), url)
    const standing = await deliveries.add(isOff ? giveUp(fresh, 'disabled') : fresh)
    if (standing.state === 'pending' && standing.attempts === 0) await setAttempt(standing)
  }

  return async (event: WebhookEvent, { handoff: { notify = [] } }: Playbook): Promise<void> => {
    if (!notify.some((endpoint) => listensTo(endpoint, event.type))) return
    if (event.type !== 'LeadErased' && (await leads.load(event.leadId))?.erased) return
    const team = (await handoffOf(ports, event))?.team
    await Promise.all(
      notify
        .filter((endpoint) => isTold(endpoint, event.type, team))
        .map((endpoint) => deliver(event, endpoint)),
    )
  }
}
