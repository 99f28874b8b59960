import type { LeadId } from '../lead/lead-id.ts'
import type { Run } from './run.ts'

/** The lead's first run through a sequence has number 1. */
export const nextRunId = (leadId: LeadId, sequence: string, previous: Run | undefined): string => {
  const number = previous ? Number(previous.runId.slice(previous.runId.lastIndexOf(':') + 1)) + 1 : 1
  return `${leadId}:${sequence}:${number}`
}

/** The one id of the email that a step of a run sends. */
export const sendIdOf = (runId: string, step: number): string => `${runId}:${step}`
