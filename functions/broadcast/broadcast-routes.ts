import * as z from 'zod/mini'
import { purposeOf } from '../../domain/email/judge-send.ts'
import { parseLeadId } from '../../domain/model/activity.ts'
import { variantId } from '../../domain/model/playbook.ts'
import {
  type AudienceReport,
  audienceOutcomes,
  type Broadcast,
  type BroadcastSplit,
  emptyReport,
  sequenceOfBroadcast,
  startOf,
} from '../../domain/sending/broadcast.ts'
import { type EmailFigure, figureOf } from '../../domain/sending/email-figures.ts'
import { countsOf, statedSplitTest } from '../../domain/split/broadcast-split.ts'
import { compareWays, type WayResult } from '../../domain/split/split-results.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import {
  type ApiRequest,
  type ApiResult,
  everyone,
  marketers,
  otherCursor,
  pageQuery,
  shortText,
  type Texts,
  toCursor,
} from '../api/api-request.ts'
import { get, post, put, remove } from '../api/api-route.ts'
import { type CountAudiencePorts, makeCountAudience, readWhere } from '../audience/count-audience.ts'
import { segmentOf } from '../audience/segment-routes.ts'
import { type BroadcastParts, type Broadcasts, memberLanes } from '../broadcast-ports.ts'
import { placeIn, placeText } from '../lane-place.ts'
import type { SequenceStates } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { EmailFigures } from '../send-ports.ts'
import { countPage, findPeople, type ReportPorts } from './broadcast-outcomes.ts'
import { faultsOf, type PlanBody, planBody, planOf, wrong } from './broadcast-plan.ts'
import { beginMessage } from './run-broadcast.ts'

/** What the API tells of the variants of a broadcast. */
export interface BroadcastTrial {
  readonly variants: readonly ({
    readonly variant: string
    /** Percent of the audience that it is tried on. */
    readonly share: number
  } & Pick<EmailFigure, 'sent' | 'delivered' | 'opened' | 'clicked' | 'unsubscribed'> &
    Omit<WayResult, 'way' | 'entered' | 'reached'>)[]
  readonly test: string
}

export interface BroadcastRoutePorts extends CountAudiencePorts, ReportPorts {
  readonly broadcasts: Broadcasts
  readonly parts: BroadcastParts
  readonly emailFigures: Pick<EmailFigures, 'ofSequence'>
  readonly sequences: SequenceStates
  readonly newId: () => string
}

const noSuchBroadcast: ApiResult = { type: 'not-found', detail: 'There is no broadcast with this id.' }

/** Pages that one request counts itself: beyond, the report is the latest one that the worker has made. */
const pagesAtOnce = 12

interface Standing {
  readonly audience: AudienceReport
  /** Everybody of the audience was found. */
  readonly isFrozen: boolean
  readonly isOver: boolean
  readonly asOf: string
}

/** The audience of now where it is small; undefined where it is not. */
const countSmall = async (ports: ReportPorts, broadcast: Broadcast): Promise<AudienceReport | undefined> => {
  let counted = emptyReport
  let pages = 0
  for (let lane = 0; lane < memberLanes; lane += 1) {
    let cursor: string | undefined
    do {
      if (pages === pagesAtOnce) return undefined
      const page = await countPage(ports, broadcast, { lane, cursor, counted })
      counted = page.counted
      cursor = page.next
      pages += 1
    } while (cursor !== undefined)
  }
  return counted
}

/** What has become of a broadcast. */
const standingOf = async (ports: BroadcastRoutePorts, broadcast: Broadcast): Promise<Standing> => {
  const asOf = ports.clock()
  const nothing = { audience: emptyReport, isFrozen: false, isOver: false, asOf }
  const { broadcastId } = broadcast
  if (broadcast.startedAt === undefined) return nothing
  const [dispatching, report] = await Promise.all([
    ports.parts.load(broadcastId, 'dispatch', 0),
    ports.parts.load(broadcastId, 'report', 0),
  ])
  if (!dispatching) return nothing
  const isAsked = dispatching.isDone || broadcast.canceledAt !== undefined
  const small = await countSmall(ports, broadcast)
  const { latest = emptyReport, latestAt = asOf } = report?.state ?? {}
  const audience = small ?? latest
  const isOver = isAsked && audience.held === 0 && (small !== undefined || report?.isDone === true)
  return { audience, isFrozen: true, isOver, asOf: small ? asOf : latestAt }
}

const viewBroadcast = ({ version: _, condition, status, ...broadcast }: Broadcast, isOver = false) => ({
  ...broadcast,
  state: status === 'sending' && isOver ? 'sent' : status,
})

const makeMake =
  (ports: BroadcastRoutePorts) =>
  async ({ body, caller }: ApiRequest<Texts, PlanBody>): Promise<ApiResult> => {
    const errors = faultsOf(body, ports)
    if (errors.length > 0) return { type: 'bad-input', errors }
    const made = await ports.broadcasts.commit({
      ...planOf(body, ports.rules.playbook),
      ...{ broadcastId: ports.newId(), status: 'draft', createdAt: ports.clock() },
      ...{ by: caller.email ?? caller.name, version: 0 },
    })
    const change = { target: `broadcasts/${made.broadcastId}`, after: { email: made.email } }
    return { type: 'ok', body: viewBroadcast(made), change }
  }

/** Loads the broadcast in the path and changes it; what has begun stays as it is. @param isRepeat whether it is as the request would have it */
const withOpen =
  (
    { broadcasts }: Pick<BroadcastRoutePorts, 'broadcasts'>,
    change: (broadcast: Broadcast) => Promise<ApiResult> | ApiResult,
    isRepeat: (broadcast: Broadcast) => boolean = () => false,
  ) =>
  (id: string): Promise<ApiResult> =>
    retryConflicts(async () => {
      const broadcast = await broadcasts.load(id)
      if (!broadcast || broadcast.deletedAt !== undefined) return noSuchBroadcast
      if (broadcast.status !== 'draft' && broadcast.status !== 'scheduled')
        return {
          type: 'conflict',
          detail: 'The broadcast has begun or was canceled: its audience and its email stay as they are.',
          current: { state: broadcast.status },
          isRepeat: isRepeat(broadcast),
        }
      return change(broadcast)
    })

const makeChange =
  (ports: BroadcastRoutePorts) =>
  ({ params: { id = '' }, body }: ApiRequest<Texts, PlanBody>): Promise<ApiResult> =>
    withOpen(ports, async ({ broadcastId, createdAt, by, version }) => {
      const errors = faultsOf(body, ports)
      if (errors.length > 0) return { type: 'bad-input', errors }
      // What was scheduled is a draft again.
      const changed: Broadcast = {
        ...planOf(body, ports.rules.playbook),
        broadcastId,
        status: 'draft',
        createdAt,
        by,
        version,
      }
      return { type: 'ok', body: viewBroadcast(await ports.broadcasts.commit(changed)) }
    })(id)

const makeDelete =
  (ports: BroadcastRoutePorts) =>
  ({ params: { id = '' } }: ApiRequest): Promise<ApiResult> =>
    withOpen(ports, async (broadcast) => {
      const deleted = await ports.broadcasts.commit({
        ...broadcast,
        status: 'draft',
        deletedAt: ports.clock(),
      })
      return { type: 'ok', body: { broadcastId: deleted.broadcastId, deleted: true } }
    })(id)

/** Whoever was not answered asks again soon, in ms. */
const asksAgainWithin = 60 * 60_000

const makeSchedule = (ports: BroadcastRoutePorts) => {
  const count = makeCountAudience(ports)
  const { rules, broadcasts, enqueueAudience, clock } = ports
  const hasJustBegun = ({ status, startedAt }: Broadcast): boolean =>
    status !== 'canceled' && startedAt !== undefined && clock() < addMilliseconds(startedAt, asksAgainWithin)
  return ({ params: { id = '' } }: ApiRequest): Promise<ApiResult> =>
    withOpen(
      ports,
      async (broadcast) => {
        const errors = faultsOf({ ...broadcast }, ports)
        if (errors.length > 0 && broadcast.status === 'draft') return { type: 'bad-input', errors }
        const { segment = '', where = segmentOf(rules.playbook, segment)?.where ?? '' } = broadcast
        const read = readWhere(where, rules)
        if ('errors' in read) return { type: 'bad-input', errors: read.errors }
        const purpose = purposeOf(rules.playbook.emails[broadcast.email] ?? {}, rules.playbook.settings)
        const { matching, mailable, without, exact } = await count({
          where,
          condition: read.condition,
          purpose,
        })
        if (exact && mailable === 0) {
          const message =
            matching === 0
              ? 'nobody is in it'
              : `none of the ${matching} in it would be mailed: ${whyNot(without)}`
          return {
            type: 'bad-input',
            errors: [wrong(broadcast.where === undefined ? 'segment' : 'where', message)],
          }
        }
        const startsAt = startOf(broadcast, rules.playbook.settings, clock())
        // Asked for again, it is as it was: who asked first may have died before the worker heard of it.
        const scheduled =
          broadcast.status === 'scheduled'
            ? broadcast
            : await broadcasts.commit({ ...broadcast, status: 'scheduled', condition: where, startsAt })
        await enqueueAudience(beginMessage(scheduled))
        return { type: 'accepted', body: { ...viewBroadcast(scheduled), matching, mailable, without, exact } }
      },
      hasJustBegun,
    )(id)
}

const whyNot = (without: Readonly<Record<string, number>>): string =>
  Object.entries(without)
    .filter(([, leads]) => leads > 0)
    .map(([reason, leads]) => `${reason} ${leads}`)
    .join(', ')

/** Stops what has not been handed to SES: the sender asks for the state of the sequence before each email. */
const makeCancel =
  (ports: BroadcastRoutePorts) =>
  ({ params: { id = '' } }: ApiRequest): Promise<ApiResult> =>
    retryConflicts(async () => {
      const broadcast = await ports.broadcasts.load(id)
      if (!broadcast || broadcast.deletedAt !== undefined) return noSuchBroadcast
      const { status } = broadcast
      if (status === 'canceled') return { type: 'ok', body: viewBroadcast(broadcast) }
      const isOver = status === 'sending' && (await standingOf(ports, broadcast)).isOver
      if (status === 'draft' || status === 'sent' || isOver)
        return {
          type: 'conflict',
          detail: status === 'draft' ? 'The broadcast is not scheduled.' : 'Everybody has got it.',
          current: { state: viewBroadcast(broadcast, isOver).state },
        }
      const at = ports.clock()
      const sequence = sequenceOfBroadcast(id)
      const steering = await ports.sequences.load(sequence)
      if (!steering.canceled) await ports.sequences.commit(sequence, { ...steering, canceled: { at } })
      const canceled = await ports.broadcasts.commit({ ...broadcast, status: 'canceled', canceledAt: at })
      return { type: 'ok', body: viewBroadcast(canceled) }
    })

/** How the variants have done so far, the first of them being what the others are held against. */
const viewTrial = (
  broadcast: Broadcast,
  split: BroadcastSplit,
  figures: Awaited<ReturnType<EmailFigures['ofSequence']>>,
): BroadcastTrial => {
  const counts = countsOf(broadcast, split, figures)
  const compared = compareWays(
    counts.map(({ variant, sent, reached }) => ({ way: variant, entered: sent, reached })),
  )
  const variants = compared.map(({ way, entered: _, reached: _reached, ...result }) => {
    const { sent, delivered, opened, clicked, unsubscribed } = figureOf(
      [figures.get(variantId(broadcast.email, way)) ?? []].flat(),
    )
    const share = split.shares[way] ?? 0
    return { variant: way, share, sent, delivered, opened, clicked, unsubscribed, ...result }
  })
  return { variants, test: statedSplitTest }
}

const makeShow =
  (ports: BroadcastRoutePorts) =>
  async ({ params: { id = '' } }: ApiRequest): Promise<ApiResult> => {
    const broadcast = await ports.broadcasts.load(id)
    if (!broadcast || broadcast.deletedAt !== undefined) return noSuchBroadcast
    const [{ audience, isFrozen, isOver, asOf }, figures] = await Promise.all([
      standingOf(ports, broadcast),
      ports.emailFigures.ofSequence(sequenceOfBroadcast(id)),
    ])
    const { delivered, opened, clicked, unsubscribed } = figureOf([...figures.values()])
    const { condition } = broadcast
    return {
      type: 'ok',
      body: {
        ...viewBroadcast(broadcast, isOver),
        ...(condition !== undefined && { condition }),
        ...{ audience, frozen: isFrozen, asOf, delivered, opened, clicked, unsubscribed },
        ...(broadcast.split && { trial: viewTrial(broadcast, broadcast.split, figures) }),
      },
    }
  }

const peopleQuery = z.extend(pageQuery, {
  outcome: z.enum(audienceOutcomes, `must be one of: ${audienceOutcomes.join(', ')}`),
  reason: shortText(128),
})

/** Whom of the audience something became of: leads by their ids, as in figures. `GET /api/leads?ids=` says who they are. */
const makeShowPeople =
  (ports: BroadcastRoutePorts) =>
  async ({ params: { id = '' }, query }: ApiRequest<z.infer<typeof peopleQuery>>): Promise<ApiResult> => {
    const place = placeIn(query.cursor, memberLanes)
    const isOurs = place && (place.cursor === undefined || parseLeadId(place.cursor))
    if (!isOurs) return otherCursor
    const broadcast = await ports.broadcasts.load(id)
    if (!broadcast || broadcast.deletedAt !== undefined) return noSuchBroadcast
    const { found, next } = await findPeople(ports, broadcast, query, place)
    const items = found.map((leadId) => ({ leadId }))
    return { type: 'ok', body: { items, ...(next && { next: toCursor(placeText(next)) }) } }
  }

const makeList =
  ({ broadcasts }: BroadcastRoutePorts) =>
  async ({ query: { limit, cursor } }: ApiRequest<z.infer<typeof pageQuery>>): Promise<ApiResult> => {
    if (cursor !== undefined && !/^\d{4}-.+#./.test(cursor)) return otherCursor
    const { items, next } = await broadcasts.page({ limit, ...(cursor !== undefined && { cursor }) })
    const shown = items.map((broadcast) => viewBroadcast(broadcast))
    return { type: 'ok', body: { items: shown, ...(next !== undefined && { next: toCursor(next) }) } }
  }

const broadcast = '/api/broadcasts/:id'

export const broadcastRoutes = [
  get('/api/broadcasts', { roles: everyone, query: pageQuery }, makeList),
  post('/api/broadcasts', { roles: marketers, body: planBody, action: 'broadcast.made' }, makeMake),
  get(broadcast, { roles: everyone }, makeShow),
  put(broadcast, { roles: marketers, body: planBody, action: 'broadcast.changed' }, makeChange),
  remove(broadcast, { roles: marketers, action: 'broadcast.deleted' }, makeDelete),
  get(`${broadcast}/people`, { roles: everyone, query: peopleQuery }, makeShowPeople),
  post(`${broadcast}/schedule`, { roles: marketers, action: 'broadcast.scheduled' }, makeSchedule),
  post(`${broadcast}/cancel`, { roles: marketers, action: 'broadcast.canceled' }, makeCancel),
]
