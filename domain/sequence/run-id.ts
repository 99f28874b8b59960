import type { LeadId } from '../lead/lead-id.ts'
import type { Run } from './run.ts'

/** The lead's first run through a sequence has number 1. */
export const nextRunId = (leadId: LeadId, sequence: string, previous: Run | undefined): string => {
  const number = previous ? Number(previous.runId.slice(previous.runId.lastIndexOf(':') + 1)) + 1 : 1
  return `${leadId}:${sequence}:${number}`
}

/** What the ids of all emails of a run begin with. */
export const emailsOfRun = (runId: string): string => `${runId}:`

/** What the ids of all emails of a lead's runs through a sequence begin with. */
export const emailsOfSequence = (leadId: LeadId, sequence: string): string => `${leadId}:${sequence}:`

/** The one id of the email that a step of a run sends. */
export const sendIdOf = (runId: string, step: number): string => `${runId}:${step}`
