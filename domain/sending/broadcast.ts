import { Temporal } from 'temporal-polyfill'
import { zoneOf } from '../lead/attributes.ts'
import type { LeadState } from '../lead/lead-state.ts'
import type { LeadId } from '../model/activity.ts'
import type { Decision } from '../model/decision.ts'
import type { RunStep } from '../model/email-request.ts'
import type { Sequence } from '../model/sequence.ts'
import type { Settings } from '../model/settings.ts'
import { addMilliseconds, formatInstant } from '../time/local-time.ts'
import type { SendStatus } from './email-figures.ts'

type BroadcastStatus = 'draft' | 'scheduled' | 'sending' | 'sent' | 'canceled'

/** What a person asks for. */
export interface BroadcastPlan {
  readonly name: string
  /** Of the two one. */
  readonly segment?: string
  readonly where?: string
  readonly email: string
  /** `now`, or RFC 3339 UTC. */
  readonly at: string
  /** Everybody gets it when their own clocks show what the company's show at `at`. */
  readonly inLeadZone?: boolean
  /** At most so many are asked for in an hour. */
  readonly perHour?: number
  readonly split?: BroadcastSplit
}

/** What says which variant does better. Opens are those that mail programs let through: some hide them, others make them up. */
export const splitMetrics = ['clicked', 'opened'] as const

/** Tries variants of the email on a part of the audience. */
export interface BroadcastSplit {
  /** Percent of the audience by variant; what they leave of it gets the winner. */
  readonly shares: Readonly<Record<string, number>>
  readonly by: (typeof splitMetrics)[number]
  /** How long the rest waits for a winner at most, such as `4h`; absent where nobody is left. */
  readonly within?: string
}

/** What the rest of the audience gets, and why. */
export interface SplitDecision {
  readonly variant: string
  /** RFC 3339 UTC. */
  readonly at: string
  /** `time`: no difference showed, and the time was over. */
  readonly because: 'evidence' | 'time'
  /** What was known by then, in the order of the shares. */
  readonly counts: readonly { readonly variant: string; readonly sent: number; readonly reached: number }[]
}

/** One email to everybody in a segment, once. */
export interface Broadcast extends BroadcastPlan {
  readonly broadcastId: string
  readonly status: BroadcastStatus
  readonly createdAt: string
  readonly by: string
  /** From when it is scheduled on: the condition of then, and when the first may get it. */
  readonly condition?: string
  readonly startsAt?: string
  /** From its start on: the version of the playbook whose email it sends. */
  readonly startedAt?: string
  readonly playbookVersion?: string
  /** Once the variants were tried, where some of the audience wait for that. */
  readonly decision?: SplitDecision
  readonly canceledAt?: string
  readonly finishedAt?: string
  readonly deletedAt?: string
  /** 0: not stored yet. */
  readonly version: number
}

/** It goes as the email of a sequence of its own: no id of the playbook has a dot. */
export const sequenceOfBroadcast = (broadcastId: string): string => `broadcast.${broadcastId}`

/** Nobody gets a broadcast twice, also who turns out to be one person. */
export const asSequence = (
  run: RunStep | undefined,
  email: string,
): Pick<Sequence, 'reenter' | 'program'> | undefined =>
  run?.sequence.startsWith('broadcast.') === true
    ? { reenter: 'never', program: [{ type: 'email', email }] }
    : undefined

/** What stands for the lead on their way through a broadcast. */
export const runOf = ({ broadcastId }: Pick<Broadcast, 'broadcastId'>, leadId: LeadId): RunStep => {
  const sequence = sequenceOfBroadcast(broadcastId)
  return { sequence, runId: `${leadId}:${sequence}:1`, step: 0, afterWait: true }
}

export const sendIdOfBroadcast = (broadcast: Pick<Broadcast, 'broadcastId'>, leadId: LeadId): string =>
  `${runOf(broadcast, leadId).runId}:0`

/**
 * Asks for the email to one of its audience; however often, it is the same one.
 * @param email the email of the broadcast, or the variant of it that this lead gets.
 */
export const askFor = (
  broadcast: Pick<Broadcast, 'broadcastId' | 'playbookVersion'>,
  { leadId, email }: { readonly leadId: LeadId; readonly email: string },
  now: string,
): Decision<'EmailRequested'> => {
  const { broadcastId, playbookVersion } = broadcast
  const cause = `broadcast:${broadcastId}`
  return {
    id: `${leadId}:${sequenceOfBroadcast(broadcastId)}`,
    type: 'EmailRequested',
    occurredAt: now,
    causationId: cause,
    correlationId: cause,
    leadId,
    data: {
      ...{ leadId, email, recipient: 'lead', sendId: sendIdOfBroadcast(broadcast, leadId) },
      ...(playbookVersion !== undefined && { playbookVersion }),
      run: runOf(broadcast, leadId),
    },
  }
}

const atWallClock = (at: string, from: string, to: string): string =>
  formatInstant(
    Temporal.Instant.from(at).toZonedDateTimeISO(from).toPlainDateTime().toZonedDateTime(to)
      .epochMilliseconds,
  )

/** Where clocks are ahead of all others. */
const earliestZone = 'Pacific/Kiritimati'

/** When the audience is frozen: as soon as the first of them may get it. */
export const startOf = (
  { at, inLeadZone }: Pick<BroadcastPlan, 'at' | 'inLeadZone'>,
  { timeZone }: Pick<Settings, 'timeZone'>,
  now: string,
): string => {
  if (at === 'now') return now
  const start = inLeadZone ? atWallClock(at, timeZone, earliestZone) : at
  return start < now ? now : start
}

/** When a lead is to get it; one whose time is over already gets it at once. */
export const dueFor = (
  { at, inLeadZone, startedAt }: Pick<Broadcast, 'at' | 'inLeadZone' | 'startedAt'>,
  state: LeadState,
  settings: Pick<Settings, 'timeZone'>,
): string =>
  at === 'now' || !inLeadZone
    ? (startedAt ?? at)
    : atWallClock(at, settings.timeZone, zoneOf(state, settings))

/** Most that are asked for in one step. */
const largestStep = 100

/** How many are asked for in a step, and how long until the next one, in ms. */
export const paceOf = ({
  perHour,
}: Pick<BroadcastPlan, 'perHour'>): { readonly size: number; readonly wait: number } => {
  if (perHour === undefined) return { size: largestStep, wait: 0 }
  const size = Math.min(largestStep, Math.max(1, Math.floor(perHour / 60)))
  return { size, wait: Math.ceil((size * 3_600_000) / perHour) }
}

/** What became of an audience: `shown` = `sent` + `held` + all of `suppressed` + `failed` + `exited`. */
interface AudienceCounts {
  readonly shown: number
  readonly sent: number
  /** Still to come: not asked for yet, on its way, or waiting. */
  readonly held: number
  readonly suppressed: Readonly<Record<string, number>>
  readonly failed: number
  /** It ended otherwise: the person got it under another of their leads, or was erased. */
  readonly exited: number
}

export interface AudienceReport extends AudienceCounts {
  /** Where variants are tried: the same of those who get each, and of the rest, which adds up to the whole. */
  readonly ways?: Readonly<Record<string, AudienceCounts>>
}

export const emptyReport: AudienceReport = {
  shown: 0,
  sent: 0,
  held: 0,
  suppressed: {},
  failed: 0,
  exited: 0,
}

/** One of the audience; `status` absent: nothing is known of the email yet. */
interface Outcome {
  readonly status?: SendStatus
  readonly reason?: string
}

/** What one of an audience counts as: their outcome, and why nothing goes out to them. */
export const audienceOutcomes = ['sent', 'held', 'suppressed', 'failed', 'exited'] as const

interface Became {
  readonly outcome: (typeof audienceOutcomes)[number]
  /** Of those who are suppressed. */
  readonly reason?: string
}

/** @param isCanceled what has not gone out never will. */
export const becameOf = ({ status = 'held', reason = status }: Outcome, isCanceled: boolean): Became => {
  switch (status) {
    case 'sent':
    case 'failed':
    case 'exited':
      return { outcome: status }
    case 'suppressed':
      return { outcome: status, reason }
    case 'held':
      return isCanceled ? { outcome: 'suppressed', reason: 'canceled' } : { outcome: status }
    // On its way: it may have been handed over.
    case 'claimed':
      return { outcome: 'held' }
    default:
      return status satisfies never
  }
}

const countOne = (report: AudienceCounts, { outcome, reason = '' }: Became): AudienceCounts => {
  const shown = report.shown + 1
  if (outcome !== 'suppressed') return { ...report, shown, [outcome]: report[outcome] + 1 }
  const suppressed = { ...report.suppressed, [reason]: (report.suppressed[reason] ?? 0) + 1 }
  return { ...report, shown, suppressed }
}

/** @param way which of the ways of its split this one of the audience takes; absent where there is none. */
export const countOutcome = (report: AudienceReport, became: Became, way?: string): AudienceReport => {
  const counted = countOne(report, became)
  if (way === undefined) return counted
  const own = countOne(report.ways?.[way] ?? emptyReport, became)
  return { ...counted, ways: { ...report.ways, [way]: own } }
}

/** How long the report of a running broadcast stands before it is made anew, in ms: emails wait for hours and days. */
const waits = [10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000]

/** What everybody of an audience adds to that, in ms: a report of many takes its time. */
const perMember = 10

export const nextReport = (passes: number, shown: number, now: string): string =>
  addMilliseconds(now, Math.max(waits[Math.min(passes, waits.length) - 1] ?? 10_000, shown * perMember))
