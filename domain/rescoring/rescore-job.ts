import type { LeadState } from '../lead/lead-state.ts'
import type { LeadId } from '../model/activity.ts'

/**
 * One lane of the job that recomputes all leads under the live rules: several run in parallel, each over its own part of the
 * leads. Only the latest job is stored: publishing other rules replaces it, even while it runs.
 */
export interface RescoreJob {
  readonly jobId: string
  /** Counts from 0; absent: 0. */
  readonly lane?: number
  /** `rulesVersion` that all leads are recomputed under. */
  readonly rules: string
  readonly startedAt: string
  /** Absent while it runs. */
  readonly finishedAt?: string
  /** Number of leads of this lane at the start. */
  readonly leads: number
  /** Leads recomputed so far, each counted once, by any process. */
  readonly done: number
  /** Leads whose band, grade, stage or qualification changed. */
  readonly changed: number
  /** Page number from 1; the page's leads are stored before it is processed, so that a repeat uses the same ones. */
  readonly page: number
  readonly leadIds: readonly LeadId[]
  /** Start of the next page; absent on the last of a round. */
  readonly next?: string
  /** Leads move within the list while it is read: rounds repeat until one finds nothing to do. */
  readonly round: number
  readonly foundInRound: number
  /** When the page before was turned; absent: this is the first. */
  readonly turnedAt?: string
  /** Leads that failed repeatedly: each was queued separately, once (the latest of them). */
  readonly leftBehind?: readonly LeadId[]
  /** 0: not stored yet. */
  readonly version: number
}

export interface LeadsPage {
  readonly leadIds: readonly LeadId[]
  readonly next?: string
}

/** Result for a lead: `untouched` was under these rules already or is counted elsewhere, `gone` no longer exists. */
export type RescoreOutcome = 'changed' | 'same' | 'untouched' | 'gone'

/** If leads keep moving, the last few are left to their next activity. */
const mostRounds = 5

interface Lane {
  readonly rules: string
  readonly lane: number
  /** Number of leads in it. */
  readonly leads: number
}

/** Starts with `first`. @param replaced the previous job. */
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

/** Marks a lead as counted on the current page. */
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

/** Where to read the next page: from a cursor, or from the start in another round. @returns undefined if the job is done. */
export const pageAfter = ({
  next,
  round,
  foundInRound,
}: RescoreJob): { readonly cursor?: string } | undefined => {
  if (next !== undefined) return { cursor: next }
  return foundInRound > 0 && round < mostRounds ? {} : undefined
}

/** Continues with `page`; ends without one, or if the first page of a round is empty. */
export const turnPage = (
  { next, ...job }: RescoreJob,
  page: LeadsPage | undefined,
  now: string,
): RescoreJob => {
  const turned = { ...job, page: job.page + 1, turnedAt: now }
  if (page === undefined || (next === undefined && page.leadIds.length === 0))
    return { ...turned, leadIds: [], finishedAt: now }
  return next === undefined
    ? { ...turned, ...page, round: job.round + 1, foundInRound: 0 }
    : { ...turned, ...page }
}

/** Limited by the item's size; a second dead letter does no harm. */
const mostLeftBehind = 500

export const leaveBehind = (job: RescoreJob, failed: readonly LeadId[]): RescoreJob =>
  failed.length === 0
    ? job
    : { ...job, leftBehind: [...(job.leftBehind ?? []), ...failed].slice(-mostLeftBehind) }

/** Leads of the current page that have not failed repeatedly. */
export const leadsToTake = ({ leadIds, leftBehind = [] }: RescoreJob): readonly LeadId[] =>
  leadIds.filter((leadId) => !leftBehind.includes(leadId))

/** All lanes as shown in the console; lanes of other rules have not started. @param jobs the first lane first. */
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

/** Whether the visible state changed: band, grade, stage, cycle or the number of qualifications. */
export const changedBetween = (before: LeadState, after: LeadState): boolean =>
  before.band.id !== after.band.id ||
  before.band.grade !== after.band.grade ||
  before.stage.stage !== after.stage.stage ||
  before.cycle !== after.cycle ||
  before.qualifications.length !== after.qualifications.length
