import * as z from 'zod/mini'
import { differByFold } from '../../domain/lead/fold-version.ts'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import { isAnnouncementFor } from '../../domain/model/event-table.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import {
  countPage,
  type LeadsPage,
  leadsToTake,
  leaveBehind,
  pageAfter,
  pageMark,
  type RescoreJob,
  startJob,
  turnPage,
  viewJobs,
} from '../../domain/rescoring/rescore-job.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { TellFigures } from '../figures-ports.ts'
import type { Announce, Clock, LeadList, Playbooks } from '../ports.ts'
import { announcementIn } from '../queue/message.ts'
import { makeRescoreLead, type RescoreLeadPorts } from '../record/rescore-lead.ts'
import { lookAgainAfter, retryConflicts, unlessConflict, untilToldAtOnce } from '../retry-conflicts.ts'

/** One message's work: well under a second, and its ids fit into the job. */
const pageSize = 25

const readPage = async (
  { list }: Pick<RescorePorts, 'list'>,
  lane: number,
  cursor?: string,
): Promise<LeadsPage> => {
  const { items, next } = await list.lane(lane, {
    limit: pageSize,
    ...(cursor !== undefined && { cursor }),
  })
  return { leadIds: items.map(({ leadId }) => leadId), ...(next !== undefined && { next }) }
}

/** Seconds until a message looks again whether its rules are live here. */
const untilDeployed = 60
/** A deployment replaces all functions within minutes: what is not live after a quarter of an hour was replaced by something newer. */
const mostLooks = 15

type Waiting = Extract<RescoreMessage, { tries: number }>

/** The function may still be the old one while a deployment is on its way: the message waits for the new one. */
const lookAgain = async (ports: Pick<RescorePorts, 'goOn'>, message: Waiting): Promise<void> => {
  if (message.tries < mostLooks) await ports.goOn({ ...message, tries: message.tries + 1 }, untilDeployed)
}

/** Rules went live: has each lane begin with a message of its own, as beginning one takes dozens of requests. */
const makeStartRescoring =
  (ports: RescorePorts) =>
  async (message: Extract<RescoreMessage, { type: 'start' }>): Promise<void> => {
    const { rules } = message
    const { rulesVersion } = await ports.playbooks.current()
    if (rulesVersion !== rules) return lookAgain(ports, message)
    const lanes = Array.from({ length: ports.lanes }, (_, lane) => lane)
    await Promise.all(lanes.map((lane) => ports.goOn({ type: 'lane', rules, lane, tries: 0 })))
  }

/** Begins a lane unless it is there already. */
const makeStartLane =
  (ports: RescorePorts) =>
  (message: Extract<RescoreMessage, { type: 'lane' }>): Promise<void> =>
    retryConflicts(
      async () => {
        const { lane } = message
        const { rulesVersion } = await ports.playbooks.current()
        if (rulesVersion !== message.rules) return lookAgain(ports, message)
        const known = await ports.jobs.load(lane)
        const job = known?.rules === rulesVersion ? known : await begin(ports, rulesVersion, lane, known)
        // Also of a lane that is there: whoever began it may have died before saying so.
        if (!job.finishedAt)
          await ports.goOn({ type: 'page', jobId: job.jobId, lane, page: job.page, tries: 0 })
      },
      { pauseUpTo: ports.pauseUpTo },
    )

const begin = async (
  ports: RescorePorts,
  rules: string,
  lane: number,
  current: RescoreJob | undefined,
): Promise<RescoreJob> => {
  const [leads, first] = await Promise.all([ports.list.countLane(lane), readPage(ports, lane)])
  return ports.jobs.commit(startJob({ rules, lane, leads }, first, ports.clock(), current))
}

/** Seconds before a page on which some lead failed is tried again. */
const retryAfter = 30
/** Then the page goes on without those that still fail. */
const mostRetries = 3

type PageMessage = Extract<RescoreMessage, { type: 'page' }>

/**
 * Rescores the leads of one page, counts them and turns to the next page in one conditional write, and says so to its
 * own queue. A repeat takes the same leads, and each of them remembers the page that counts it.
 */
const makeTakePage = (ports: RescorePorts) => {
  const rescoreLead = makeRescoreLead(ports)

  /** Leads that fail time and again are put on the queue one by one: they end among the dead letters, and hold nobody up. */
  const putByThemselves = async (failed: readonly LeadId[], rules: string): Promise<void> => {
    await Promise.all(failed.map((leadId) => ports.goOn({ type: 'lead', leadId, rules })))
  }

  const say = ({ jobId, lane = 0 }: RescoreJob, page: number, seconds = 0): Promise<void> =>
    ports.goOn({ type: 'page', jobId, lane, page, tries: 0 }, seconds)

  /** Whoever turned to a page tells of it, unless they died before it. */
  const lookAtNext = (job: RescoreJob): Promise<void> => {
    const seconds = lookAgainAfter(job, ports.clock(), untilToldAtOnce)
    return say(job, seconds === 0 ? job.page : job.page - 1, seconds)
  }

  return async (message: PageMessage): Promise<void> => {
    const { lane } = message
    const job = await ports.jobs.load(lane)
    if (job?.jobId !== message.jobId || job.finishedAt) return
    if (job.page === message.page + 1) return lookAtNext(job)
    if (job.page !== message.page) return
    const playbook = await ports.playbooks.current()
    if (playbook.rulesVersion !== job.rules) return lookAgain(ports, message)

    const rules = rulesOf(playbook)
    const leadIds = leadsToTake(job)
    const results = await Promise.allSettled(
      leadIds.map((leadId) => rescoreLead(leadId, rules, pageMark(job))),
    )
    const failed = leadIds.filter((_, index) => results[index]?.status === 'rejected')
    if (failed.length > 0 && message.tries < mostRetries)
      return ports.goOn({ ...message, tries: message.tries + 1 }, retryAfter)
    await putByThemselves(failed, job.rules)
    await ports.figures?.leadsChanged(leadIds)

    const counted = countPage(
      leaveBehind(job, failed),
      results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    )
    const after = pageAfter(counted)
    const turned = turnPage(counted, after && (await readPage(ports, lane, after.cursor)), ports.clock())
    const current = await unlessConflict(ports.jobs.commit(turned))
    if (!turned.finishedAt) await (current ? say(current, current.page) : lookAtNext(turned))
  }
}

/** What stands on the rescore queue. `tries` counts how often it was put back to wait. */
type RescoreMessage =
  /** Rules went live: every lead is to come under them. */
  | { readonly type: 'start'; readonly rules: string; readonly tries: number }
  /** Those of one lane are. */
  | { readonly type: 'lane'; readonly rules: string; readonly lane: number; readonly tries: number }
  | {
      readonly type: 'page'
      readonly jobId: string
      readonly lane: number
      readonly page: number
      readonly tries: number
    }
  /** A lead that failed with its page, and now fails alone. */
  | { readonly type: 'lead'; readonly rules: string; readonly leadId: LeadId }

const tries = z.int()

const own = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), rules: z.string(), tries }),
  z.object({ type: z.literal('lane'), rules: z.string(), lane: z.int(), tries }),
  z.object({
    type: z.literal('page'),
    jobId: z.string(),
    // Messages of before there were lanes name none.
    lane: z._default(z.int(), 0),
    page: z.int(),
    tries,
  }),
  z.object({
    type: z.literal('lead'),
    rules: z.string(),
    leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  }),
])

/** @throws when `body` is neither of these nor a `PlaybookPublished` event: the message ends in the dead-letter queue. */
const parseMessage = (body: unknown): RescoreMessage => {
  const message = z.safeParse(own, body)
  if (message.success) return message.data
  const published = announcementIn(body, isAnnouncementFor('rescore'))
  if (!published) throw new Error('the message is no event that publishes a playbook')
  return { type: 'start', rules: published.data.rulesVersion, tries: 0 }
}

type LeadMessage = Extract<RescoreMessage, { type: 'lead' }>

/** By itself, so that it can be delivered again from the dead letters once what ailed it is mended. */
const makeTakeLead = (ports: RescorePorts) => {
  const rescoreLead = makeRescoreLead(ports)
  return async ({ leadId, rules }: LeadMessage): Promise<void> => {
    const playbook = await ports.playbooks.current()
    if (playbook.rulesVersion !== rules) return
    await rescoreLead(leadId, rulesOf(playbook))
    await ports.figures?.leadsChanged([leadId])
  }
}

/** Takes one message of the rescore queue: rules that went live, the start of a lane, a page of leads, or one lead. */
export const makeRescoreLeads = (ports: RescorePorts) => {
  const start = makeStartRescoring(ports)
  const startLane = makeStartLane(ports)
  const takePage = makeTakePage(ports)
  const takeLead = makeTakeLead(ports)
  return (body: unknown): Promise<void> => {
    const message = parseMessage(body)
    switch (message.type) {
      case 'start':
        return start(message)
      case 'lane':
        return startLane(message)
      case 'page':
        return takePage(message)
      case 'lead':
        return takeLead(message)
      default:
        return message satisfies never
    }
  }
}

/** How far rescoring is, for `GET /api/playbook`; undefined before the first one. */
export const makeDescribeRescoring =
  ({ jobs, lanes }: { readonly jobs: Pick<RescoreJobs, 'load'>; readonly lanes: number }) =>
  async (): Promise<ReturnType<typeof viewJobs>> =>
    viewJobs(await Promise.all(Array.from({ length: lanes }, (_, lane) => jobs.load(lane))))

/** How far rescoring is: an item for each lane. */
export interface RescoreJobs {
  /** Strongly consistent. */
  load(lane: number): Promise<RescoreJob | undefined>
  /** One conditional write against `job.version`. @returns what stands. @throws Conflict */
  commit(job: RescoreJob): Promise<RescoreJob>
}

/** Puts a message on the function's own queue, to be handed out after `delay` seconds (at most 900). */
type Continue = (message: JsonObject, delay?: number) => Promise<void>

export interface RescorePorts extends RescoreLeadPorts {
  readonly list: Pick<LeadList, 'lane' | 'countLane'>
  /** Parts of the lists that are gone through side by side. */
  readonly lanes: number
  readonly jobs: RescoreJobs
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly goOn: Continue
  /** Under other rules a lead's rows are others. @default nobody is told */
  readonly figures?: Pick<TellFigures, 'leadsChanged'>
}

interface EnsureRescoredPorts {
  readonly jobs: Pick<RescoreJobs, 'load'>
  readonly announce: Announce
  readonly clock: Clock
  /** The version that came with the deployment: whoever publishes another one announces it himself. */
  readonly deployed: string
}

/**
 * To be called by whoever meets a lead that was folded under other rules (`previous`) than the live ones: a deployment
 * may have brought another playbook, or another fold, and nobody has told the bus of it. Asks once for each container and
 * rules; telling it twice starts no second job.
 */
export const makeEnsureRescored = ({ jobs, announce, clock, deployed }: EnsureRescoredPorts) => {
  const asked = new Set<string>()
  return async (
    { version, rulesVersion }: Pick<Playbook, 'version' | 'rulesVersion'>,
    previous: string,
  ): Promise<void> => {
    const isAnnounced = version !== deployed && !differByFold(previous, rulesVersion)
    if (isAnnounced || previous === rulesVersion || asked.has(rulesVersion)) return
    const job = await jobs.load(0)
    if (job?.rules !== rulesVersion) {
      const folded = differByFold(previous, rulesVersion) ? `:${rulesVersion}` : ''
      const id = `playbook:${version}:deployed${folded}`
      await announce({
        type: 'PlaybookPublished',
        id,
        occurredAt: clock(),
        version,
        rulesVersion,
        previousRulesVersion: previous,
      })
    }
    asked.add(rulesVersion)
  }
}
