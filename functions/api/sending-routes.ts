import * as z from 'zod/mini'
import {
  addUp,
  firstSlot,
  isPaused,
  judgeSending,
  paused,
  pausing,
  resumed,
  resuming,
  type SendingChange,
  type SendingState,
  type Stream,
  sendingLimits,
  sendingRates,
} from '../../domain/deliverability/sending-figures.ts'
import { figureOf } from '../../domain/sending/email-figures.ts'
import type { Announce, Clock, Playbooks } from '../ports.ts'
import { unlessConflict } from '../retry-conflicts.ts'
import { type CancelEmailPorts, makeCancelEmail } from '../send/hold-email.ts'
import type { EmailFigures, SendingFigures, SendingStates, SendLists } from '../send-ports.ts'
import { knownSequence, noSequence } from '../sequences/steer-sequence.ts'
import type { HookDay, HookFigures } from '../webhook-ports.ts'
import {
  type ApiRequest,
  type ApiResult,
  admins,
  marketers,
  otherCursor,
  pageQuery,
  shortText,
  toCursor,
} from './api-request.ts'
import { get, post } from './api-route.ts'
import { viewSend } from './views.ts'

interface SendingRoutePorts {
  readonly sendingFigures: Pick<SendingFigures, 'since'>
  readonly sendingStates: SendingStates
  readonly announce: Announce
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

/** The last day's mail, the limits, and whether sending is paused. */
const makeShowSending = (ports: SendingRoutePorts) => async (): Promise<ApiResult> => {
  const [marketing, confirmations] = await Promise.all([
    figuresOf(ports, 'marketing'),
    figuresOf(ports, 'confirmations'),
  ])
  return { type: 'ok', body: { ...marketing, confirmations } }
}

type Changed = { readonly state: SendingState; readonly change: SendingChange }

const change = async (
  { sendingStates, announce }: SendingRoutePorts,
  { state, change: changed }: Changed,
): Promise<ApiResult> => {
  if (!(await unlessConflict(sendingStates.commit(state))))
    return { type: 'conflict', detail: 'Somebody else paused or resumed it meanwhile.' }
  await announce(changed)
  return { type: 'ok', body: { paused: state.paused ?? null } }
}

const makePause = (stream: Stream) => (ports: SendingRoutePorts) => async (): Promise<ApiResult> => {
  const state = await ports.sendingStates.load(stream)
  if (isPaused(state)) {
    // Announced again in case that failed when sending was paused.
    await ports.announce(paused(state))
    const isRepeat = state.paused.because === 'by-hand'
    return { type: 'conflict', detail: 'Sending is paused already.', isRepeat }
  }
  return change(ports, pausing(state, 'by-hand', ports.clock()))
}

const makeResume = (stream: Stream) => (ports: SendingRoutePorts) => async (): Promise<ApiResult> => {
  const state = await ports.sendingStates.load(stream)
  if (state.paused) return change(ports, resuming(state, ports.clock()))
  // Announced again in case that failed when sending was resumed.
  if (state.resumedAt !== undefined) await ports.announce(resumed(state))
  return { type: 'ok', body: { paused: null } }
}

const pause = { roles: marketers, action: 'sending.paused' } as const
const resume = { roles: admins, action: 'sending.resumed' } as const
const confirmations = '/api/sending/confirmations'

/** Routes to watch and to pause marketing mail and confirmations, with reports. */
export const sendingRoutes = [
  get('/api/sending', { roles: marketers }, makeShowSending),
  post('/api/sending/pause', pause, makePause('marketing')),
  post('/api/sending/resume', resume, makeResume('marketing')),
  post(`${confirmations}/pause`, pause, makePause('confirmations')),
  post(`${confirmations}/resume`, resume, makeResume('confirmations')),
]

interface HeldRoutePorts extends CancelEmailPorts {
  readonly sendLists: SendLists
  readonly emailFigures: EmailFigures
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly clock: Clock
}

const query = z.extend(pageQuery, { sequence: shortText(64) })
/** DynamoDB takes keys of at most a kilobyte. */
const longestCursor = 500

/** Held emails by sequence and email; the next one to be retried comes first. */
const makeListHeld =
  ({ sendLists, clock }: HeldRoutePorts) =>
  async (request: ApiRequest<z.infer<typeof query>>): Promise<ApiResult> => {
    const { sequence, limit, cursor } = request.query
    const isOurs =
      cursor === undefined ||
      (cursor.length <= longestCursor && (sequence === undefined || cursor.startsWith(`${sequence}#`)))
    if (!isOurs) return otherCursor
    const { items, next } = await sendLists.held({
      limit,
      ...(sequence !== undefined && { sequence }),
      ...(cursor !== undefined && { cursor }),
    })
    const now = clock()
    return {
      type: 'ok',
      body: {
        items: items.map((send) => viewSend(send, now)),
        ...(next !== undefined && { next: toCursor(next) }),
      },
    }
  }

const makeCancel = (ports: HeldRoutePorts) => {
  const cancelEmail = makeCancelEmail(ports)
  return async ({ params }: ApiRequest): Promise<ApiResult> => {
    const result = await cancelEmail(params.sendId ?? '')
    switch (result.type) {
      case 'cancelled':
        return { type: 'ok', body: viewSend(result.send, ports.clock()) }
      case 'not-held': {
        const current = viewSend(result.send, ports.clock())
        return { type: 'conflict', detail: `This email is not held: it is ${current.status}.`, current }
      }
      case 'unknown-email':
        return { type: 'not-found', detail: 'There is no email with this id.' }
      default:
        return result satisfies never
    }
  }
}

/**
 * Results of every email of a sequence, also of one that the playbook does not have any more; `atLeast` while those of earlier
 * releases are still being counted.
 */
const makeReport =
  ({ emailFigures, playbooks }: HeldRoutePorts) =>
  async ({ params }: ApiRequest): Promise<ApiResult> => {
    const { id = '' } = params
    const { isAll } = await emailFigures.countInEarlier(id)
    const figures = await emailFigures.ofSequence(id)
    if (figures.size === 0 && !knownSequence(await playbooks.current(), id)) return noSequence
    return {
      type: 'ok',
      body: {
        sequence: id,
        emails: [...figures].map(([email, figure]) => ({ email, ...figure })),
        total: figureOf([...figures.values()]),
        ...(!isAll && { atLeast: true }),
      },
    }
  }

export const heldRoutes = [
  get('/api/emails/held', { roles: marketers, query }, makeListHeld),
  post('/api/emails/held/:sendId/cancel', { roles: marketers, action: 'email.cancelled' }, makeCancel),
  get('/api/sequences/:id/report', { roles: marketers }, makeReport),
]

interface ListFormsPorts {
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly formFigures: Pick<HookFigures, 'since'>
  readonly clock: Clock
  /** Base URL of the forms, without a trailing slash. */
  readonly publicUrl: string
}

const shownDays = 30
const day = 86_400_000

const sumOf = (days: readonly HookDay[], name: string): number =>
  days.reduce((sum, { counts }) => sum + (counts[name] ?? 0), 0)

/** The forms of the live playbook, each with its address, embed code and results of the last 30 days (UTC). */
export const makeListForms =
  ({ playbooks, formFigures, clock, publicUrl }: ListFormsPorts) =>
  async (): Promise<ApiResult> => {
    const { forms } = await playbooks.current()
    const from = new Date(Date.parse(clock()) - (shownDays - 1) * day).toISOString().slice(0, 10)
    const items = await Promise.all(
      Object.values(forms).map(async ({ id, title, languages, consent, purpose, activity, origins }) => {
        const days = await formFigures.since(id, from)
        const address = `${publicUrl}/f/${encodeURIComponent(id)}`
        return {
          form: id,
          title,
          languages,
          consent,
          purpose: purpose ?? null,
          activity: activity ?? null,
          address,
          // In the language of the visitor; `?lang=` behind `.js` sets it.
          embed: `<script src="${address}.js" async></script>`,
          origins,
          submissions: sumOf(days, 'submissions'),
          confirmations: sumOf(days, 'confirmations'),
        }
      }),
    )
    return { type: 'ok', body: { items } }
  }
