import type { LeadState } from '../lead/lead-state.ts'
import type { LeadId } from '../model/activity.ts'

/**
 * One lane of the run over all leads that brings them under the live rules: several go on side by side, each over its own
 * part of the leads. Only the latest is kept: publishing other rules replaces it, also while it is going on.
 */
export interface RescoreJob {
  readonly jobId: string
  /** Counts from 0; absent: 0. */
  readonly lane?: number
  /** `rulesVersion` that all leads are brought under. */
  readonly rules: string
  readonly startedAt: string
  /** Absent while it is going on. */
  readonly finishedAt?: string
  /** How many leads there were at the start, in all lanes together; the first one knows. */
  readonly leads: number
  /** Leads rescored so far, each counted once, whoever did it. */
  readonly done: number
  /** Of those, the ones with another band, grade or stage, or that qualify otherwise. */
  readonly changed: number
  /** Runs on from 1; the leads of the present one stand here before it is begun, so that a repeat takes the same ones. */
  readonly page: number
  readonly leadIds: readonly LeadId[]
  /** Where the page after this one begins; absent on the last of a round. */
  readonly next?: string
  /** Leads move in their list while it is read: rounds go on until one finds nothing left to do. */
  readonly round: number
  readonly foundInRound: number
  /** Leads that failed time and again: each was put on the queue by itself, once (the latest of them). */
  readonly leftBehind?: readonly LeadId[]
  /** 0: not stored yet. */
  readonly version: number
}

export interface LeadsPage {
  readonly leadIds: readonly LeadId[]
  readonly next?: string
}

/** What a lead came to: `untouched` was under these rules from the start or is counted elsewhere, `gone` is none any more. */
export type RescoreOutcome = 'changed' | 'same' | 'untouched' | 'gone'

/** Should leads move all the time, the last few are left to their next activity. */
const mostRounds = 5

export interface Lane {
  readonly rules: string
  readonly lane: number
  /** How many leads there are in all lanes; 0 but for the first one. */
  readonly leads: number
}

/** Begins with `first`. @param replaced the job that stood there before. */
export const startJob = (
  { rules, lane, leads }: Lane,
  first: LeadsPage,
  now: string,
  replaced: RescoreJob | undefined,
): RescoreJob => ({
  jobId: `${rules}@${now}/${lane}`,
  lane,
  rules,
  startedAt: now,
  ...(first.leadIds.length === 0 && { finishedAt: now }),
  leads,
  done: 0,
  changed: 0,
  page: 1,
  ...first,
  round: 1,
  foundInRound: 0,
  version: replaced?.version ?? 0,
})

/** Marks a lead as counted on the present page. */
export const pageMark = ({ jobId, page }: RescoreJob): string => `${jobId}#${page}`

export const countPage = (job: RescoreJob, outcomes: readonly RescoreOutcome[]): RescoreJob => {
  const changed = outcomes.filter((outcome) => outcome === 'changed').length
  const found = changed + outcomes.filter((outcome) => outcome === 'same').length
  return {
    ...job,
    done: job.done + found,
    changed: job.changed + changed,
    foundInRound: job.foundInRound + found,
  }
}

/** Where the page after this one is read: from a cursor, or from the top in another round. @returns undefined when all is done. */
export const pageAfter = ({
  next,
  round,
  foundInRound,
}: RescoreJob): { readonly cursor?: string } | undefined => {
  if (next !== undefined) return { cursor: next }
  return foundInRound > 0 && round < mostRounds ? {} : undefined
}

/** Goes on with `page`, or ends: without one, or where the first of a round is empty. */
export const turnPage = (
  { next, ...job }: RescoreJob,
  page: LeadsPage | undefined,
  now: string,
): RescoreJob => {
  const turned = { ...job, page: job.page + 1 }
  if (page === undefined || (next === undefined && page.leadIds.length === 0))
    return { ...turned, leadIds: [], finishedAt: now }
  return next === undefined
    ? { ...turned, ...page, round: job.round + 1, foundInRound: 0 }
    : { ...turned, ...page }
}

/** As many are remembered: an item has its bounds, and a second dead letter does no harm. */
const mostLeftBehind = 500

export const leaveBehind = (job: RescoreJob, failed: readonly LeadId[]): RescoreJob =>
  failed.length === 0
    ? job
    : { ...job, leftBehind: [...(job.leftBehind ?? []), ...failed].slice(-mostLeftBehind) }

/** Leads of the present page that are not left behind. */
export const leadsToTake = ({ leadIds, leftBehind = [] }: RescoreJob): readonly LeadId[] =>
  leadIds.filter((leadId) => !leftBehind.includes(leadId))

/** What the console shows of all lanes together; those of other rules are still to be begun. @param jobs the first lane first. */
export const viewJobs = (jobs: readonly (RescoreJob | undefined)[]) => {
  const [first] = jobs
  if (first === undefined) return undefined
  const own = jobs.filter((job) => job?.rules === first.rules)
  const sum = (count: (job: RescoreJob) => number): number =>
    own.reduce((total, job) => total + (job ? count(job) : 0), 0)
  const ends = own.flatMap((job) => job?.finishedAt ?? [])
  const isFinished = ends.length === jobs.length
  return {
    rules: first.rules,
    startedAt: first.startedAt,
    ...(isFinished && { finishedAt: ends.reduce((last, one) => (one > last ? one : last)) }),
    leads: sum(({ leads }) => leads),
    done: sum(({ done }) => done),
    changed: sum(({ changed }) => changed),
  }
}

/** Whether people see another lead: band, grade, stage, cycle, or how often it qualified. */
export const changedBetween = (before: LeadState, after: LeadState): boolean =>
  before.band.id !== after.band.id ||
  before.band.grade !== after.band.grade ||
  before.stage.stage !== after.stage.stage ||
  before.cycle !== after.cycle ||
  before.qualifications.length !== after.qualifications.length
