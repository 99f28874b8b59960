import type { LeadId } from '../lead/lead-id.ts'

/**
 * The one run over all leads that brings them under the live rules. Only the latest is kept: publishing other rules
 * replaces it, also while it is going on.
 */
export interface RescoreJob {
  readonly jobId: string
  /** `rulesVersion` that all leads are brought under. */
  readonly rules: string
  readonly startedAt: string
  /** Absent while it is going on. */
  readonly finishedAt?: string
  /** How many leads there were at the start. */
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

/** Begins with `first`. @param replaced the job that stood there before. */
export const startJob = (
  rules: string,
  leads: number,
  first: LeadsPage,
  now: string,
  replaced: RescoreJob | undefined,
): RescoreJob => ({
  jobId: `${rules}@${now}`,
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

/** What the console shows of it. */
export const viewJob = ({ rules, startedAt, finishedAt, leads, done, changed }: RescoreJob) => ({
  rules,
  startedAt,
  ...(finishedAt === undefined ? {} : { finishedAt }),
  leads,
  done,
  changed,
})
