import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Playbooks } from '../ports.ts'
import type { DeliveryLists, QueueWebhook } from '../webhook-ports.ts'
import { type AttemptPorts, makeAttemptDelivery } from './attempt-delivery.ts'
import { type FanOutPorts, makeFanOut } from './fan-out.ts'
import { parseMessage } from './parse-message.ts'
import { makeReplayDeliveries, makeReplayOne } from './replay-deliveries.ts'

export interface TellOthersPorts extends AttemptPorts, FanOutPorts {
  readonly deliveries: AttemptPorts['deliveries'] & FanOutPorts['deliveries']
  readonly endpoints: AttemptPorts['endpoints']
  readonly lists: Pick<DeliveryLists, 'page'>
  readonly queue: QueueWebhook
  readonly playbooks: Pick<Playbooks, 'current'>
}

/** Takes one message of the webhook queue: something happened, a delivery is due, or some are to be sent again. */
export const makeTellOthers = (ports: TellOthersPorts) => {
  const fanOut = makeFanOut(ports)
  const attemptDelivery = makeAttemptDelivery(ports)
  const replay = makeReplayDeliveries(ports)
  const replayOne = makeReplayOne(ports)
  return async (body: unknown): Promise<void> => {
    const message = parseMessage(body)
    const playbook = (): Promise<Playbook> => ports.playbooks.current()
    switch (message.type) {
      case 'event':
        return fanOut(message.event, await playbook())
      case 'attempt':
        return attemptDelivery(message.attempt, await playbook())
      case 'replay':
        return replay(message.replay)
      case 'replay-one':
        return replayOne(message.asked)
      default:
        return message satisfies never
    }
  }
}
