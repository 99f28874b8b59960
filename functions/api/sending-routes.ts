import { judgeSending, sendingLimits, sendingRates } from '../../domain/deliverability/judge-sending.ts'
import { addUp, firstSlot, type Stream } from '../../domain/deliverability/sending-figures.ts'
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

const figuresOf = async (
  { sendingFigures, sendingStates, clock }: SendingRoutePorts,
  stream: Stream,
): Promise<object> => {
  const { paused, resumedAt } = await sendingStates.load(stream)
  const from = firstSlot(clock(), resumedAt)
  const lastDay = addUp(await sendingFigures.since(from, stream))
  const rates = sendingRates(lastDay, stream)
  const { bounces, complaints } = sendingLimits[stream]
  return {
    paused: paused ?? null,
    resumedAt: resumedAt ?? null,
    from,
    ...lastDay,
    bounceRate: rates.bounces,
    complaintRate: rates.complaints,
    limits: { bounceRate: bounces.rate, complaintRate: complaints.rate },
    overLimit: judgeSending(lastDay, stream) ?? null,
  }
}

/** What the console shows of sending: the last day's mail, the limits, and whether it is paused. */
const makeShowSending = (ports: SendingRoutePorts) => async (): Promise<ApiResult> => {
  const [marketing, confirmations] = await Promise.all([
    figuresOf(ports, 'marketing'),
    figuresOf(ports, 'confirmations'),
  ])
  return { type: 'ok', body: { ...marketing, confirmations } }
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

/** Stopping mail by hand, and having it go on. */
const steeringRoutes = (ports: SendingRoutePorts, path: string, stream: Stream): readonly ApiRoute[] => [
  {
    method: 'POST',
    path: `${path}/pause`,
    action: 'sending.paused',
    roles: ['marketing', 'admin'],
    answer: async () => {
      const state = await ports.sendingStates.load(stream)
      if (state.paused) return { type: 'conflict', detail: 'Sending is paused already.' }
      return change(ports, pausing(state, 'by-hand', ports.clock()))
    },
  },
  {
    method: 'POST',
    path: `${path}/resume`,
    action: 'sending.resumed',
    roles: ['admin'],
    answer: async () => {
      const state = await ports.sendingStates.load(stream)
      if (state.paused) return change(ports, resuming(state, ports.clock()))
      // Told again, in case it could not be told when it was resumed.
      if (state.resumedAt !== undefined) await ports.announceSending(resumed(state))
      return { type: 'ok', body: { paused: null } }
    },
  },
]

/** `GET /api/sending`, and what steers marketing mail and confirmations. */
export const sendingRoutes = (ports: SendingRoutePorts): readonly ApiRoute[] => [
  { method: 'GET', path: '/api/sending', roles: ['marketing', 'admin'], answer: makeShowSending(ports) },
  ...steeringRoutes(ports, '/api/sending', 'marketing'),
  ...steeringRoutes(ports, '/api/sending/confirmations', 'confirmations'),
]
