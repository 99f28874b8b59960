import { judgeSending, sendingLimits, sendingRates } from '../../domain/deliverability/judge-sending.ts'
import { addUp, firstSlot } from '../../domain/deliverability/sending-figures.ts'
import {
  pausing,
  resumed,
  resuming,
  type SendingChange,
  type SendingState,
} from '../../domain/deliverability/sending-state.ts'
import { type Clock, Conflict } from '../ports.ts'
import type { AnnounceSending, SendingFigures, SendingStates } from '../sending-ports.ts'
import type { ApiResult, ApiRoute } from './api-request.ts'

export interface SendingRoutePorts {
  readonly sendingFigures: Pick<SendingFigures, 'since'>
  readonly sendingStates: SendingStates
  readonly announceSending: AnnounceSending
  readonly clock: Clock
}

/** What the console shows of sending: the last day's marketing mail, the limits, and whether it is paused. */
const makeShowSending =
  ({ sendingFigures, sendingStates, clock }: SendingRoutePorts) =>
  async (): Promise<ApiResult> => {
    const state = await sendingStates.load()
    const from = firstSlot(clock(), state.resumedAt)
    const lastDay = addUp(await sendingFigures.since(from))
    const rates = sendingRates(lastDay)
    return {
      type: 'ok',
      body: {
        paused: state.paused ?? null,
        resumedAt: state.resumedAt ?? null,
        from,
        ...lastDay,
        bounceRate: rates.bounces,
        complaintRate: rates.complaints,
        limits: { bounceRate: sendingLimits.bounces.rate, complaintRate: sendingLimits.complaints.rate },
        overLimit: judgeSending(lastDay) ?? null,
      },
    }
  }

type Changed = { readonly state: SendingState; readonly change: SendingChange }

const change = async (
  { sendingStates, announceSending }: SendingRoutePorts,
  { state, change: told }: Changed,
): Promise<ApiResult> => {
  try {
    await sendingStates.commit(state)
  } catch (error) {
    if (error instanceof Conflict)
      return { type: 'conflict', detail: 'Somebody else paused or resumed it meanwhile.' }
    throw error
  }
  await announceSending(told)
  return { type: 'ok', body: { paused: state.paused ?? null } }
}

/** `GET /api/sending`, and stopping and starting marketing mail by hand. */
export const sendingRoutes = (ports: SendingRoutePorts): readonly ApiRoute[] => [
  { method: 'GET', path: '/api/sending', roles: ['marketing', 'admin'], answer: makeShowSending(ports) },
  {
    method: 'POST',
    path: '/api/sending/pause',
    roles: ['marketing', 'admin'],
    answer: async () => {
      const state = await ports.sendingStates.load()
      if (state.paused) return { type: 'conflict', detail: 'Sending is paused already.' }
      return change(ports, pausing(state, 'by-hand', ports.clock()))
    },
  },
  {
    method: 'POST',
    path: '/api/sending/resume',
    roles: ['admin'],
    answer: async () => {
      const state = await ports.sendingStates.load()
      if (state.paused) return change(ports, resuming(state, ports.clock()))
      // Told again, in case it could not be told when it was resumed.
      if (state.resumedAt !== undefined) await ports.announceSending(resumed(state))
      return { type: 'ok', body: { paused: null } }
    },
  },
]
