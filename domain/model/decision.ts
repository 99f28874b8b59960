import { type LeadId, parseLeadId } from './activity.ts'
import type { JsonObject } from './json.ts'

/** Names of the events that leave on the bus: those of CONTRACT section 6, those that take back what no longer stands, that close or steer, and the request to forget somebody. */
const decisionTypes = [
  'LeadCreated',
  'LeadScored',
  'StageAdvanced',
  'StageWithdrawn',
  'LeadQualified',
  'QualificationWithdrawn',
  'LeadRecycled',
  'LeadClosed',
  'LeadMerged',
  'LeadUnmerged',
  'ErasureRequested',
  'LeadErased',
  'ConsentGranted',
  'ConsentWithdrawn',
  'ActivityRecorded',
  'SequenceTriggered',
  'SequenceEntered',
  'SequenceStepReached',
  'SequenceExited',
  'SequenceMigrated',
  'EmailRequested',
  'EmailSent',
  'EmailSuppressed',
  'EmailHeld',
  'HandoffRequested',
  'HandoffAssigned',
  'HandoffReminded',
  'HandoffEscalated',
  'HandoffAccepted',
  'HandoffRejected',
  'DealPhaseChanged',
  'DealWon',
  'DealLost',
  'DealOutcomeWithdrawn',
  'PlaybookPublished',
  'SendingPaused',
  'SendingResumed',
] as const
export type DecisionType = (typeof decisionTypes)[number]

/**
 * Something decided about a lead, on its way to the bus. `id` is derived from what it is, so that the same decision
 * has the same id however often it is taken; `data` carries no personal data.
 */
export interface Decision {
  readonly id: string
  readonly type: DecisionType
  readonly occurredAt: string
  /** The fact or decision that caused it. */
  readonly causationId: string
  readonly correlationId: string
  readonly leadId: LeadId
  readonly data: JsonObject
}

/** Whom decisions are about. */
export interface Decided {
  readonly leadId: LeadId
}

/** The fact that decisions follow from, and its time. */
export type Cause = { readonly at: string; readonly factId: string }

/** @param key what it is, unique for its lead. */
export const decision = (
  { leadId }: Decided,
  type: DecisionType,
  key: string,
  { at, factId }: Cause,
  data: JsonObject,
): Decision => ({
  id: `${leadId}:${key}`,
  type,
  occurredAt: at,
  causationId: factId,
  correlationId: factId,
  leadId,
  data: { leadId, ...data },
})

/** Added to the address that confirms: there, whoever did not sign up says so. */
export const notMe = 'not-me'

/** Which form asked for the consent that a confirmation email is about. */
export interface ConfirmationRequest {
  readonly factId: string
  readonly form: string
  readonly purpose: string
  /** Of the box that was ticked beside it: its link confirms both. */
  readonly furtherPurpose?: string
  readonly language: string
}

/**
 * The step of a run that an email belongs to. `afterWait`: the lead may have moved on since, so the sender looks again;
 * `atOnce`: the lead has just asked for it.
 */
export interface RunStep {
  readonly sequence: string
  readonly runId: string
  readonly step: number
  readonly afterWait: boolean
  readonly atOnce?: true
}

/** Why a run leaves an email out: it came to it too late, or its sequence was paused when it fell due. */
export const skips = ['stale', 'skipped-paused'] as const
export type Skip = (typeof skips)[number]

/** Data of `EmailRequested`: one email that somebody decided to send. `sendId` is the same for the same email. */
export interface EmailRequest {
  readonly leadId: LeadId
  readonly sendId: string
  readonly email: string
  readonly recipient: 'lead' | 'owner'
  readonly playbookVersion?: string
  readonly confirmation?: ConfirmationRequest
  readonly run?: RunStep
  /** It is not to go out: asked for so that it is accounted for like any other. */
  readonly skipped?: Skip
  readonly handoffId?: string
  /** Which assignment of the handoff it is about, from 1. */
  readonly assignment?: number
}

/** Whether it is the notice of a `notify` step, to colleagues. */
export const isNotice = ({ recipient, run }: EmailRequest): boolean =>
  recipient === 'owner' && run !== undefined

/** As data of a decision. */
export const emailRequestData = (request: EmailRequest): JsonObject => {
  const { leadId, sendId, email, recipient, playbookVersion, confirmation, run } = request
  const { skipped, handoffId, assignment } = request
  return {
    leadId,
    sendId,
    email,
    recipient,
    ...(playbookVersion === undefined ? {} : { playbookVersion }),
    ...(confirmation ? { confirmation: { ...confirmation } } : {}),
    ...(run ? { run: { ...run } } : {}),
    ...(skipped === undefined ? {} : { skipped }),
    ...(handoffId === undefined ? {} : { handoffId }),
    ...(assignment === undefined ? {} : { assignment }),
  }
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @returns undefined when `value` is not an email request. */
export const parseEmailRequest = (value: unknown): EmailRequest | undefined => {
  if (!isFields(value)) return undefined
  const leadId = parseLeadId(value.leadId)
  const { sendId, email, recipient, playbookVersion, handoffId, assignment } = value
  if (!leadId || typeof sendId !== 'string' || typeof email !== 'string') return undefined
  if (recipient !== 'lead' && recipient !== 'owner') return undefined
  if (playbookVersion !== undefined && typeof playbookVersion !== 'string') return undefined
  if (handoffId !== undefined && typeof handoffId !== 'string') return undefined
  if (assignment !== undefined && typeof assignment !== 'number') return undefined
  const skipped = skips.find((skip) => skip === value.skipped)
  if (skipped !== value.skipped) return undefined
  const confirmation = value.confirmation === undefined ? {} : parseConfirmation(value.confirmation)
  const run = value.run === undefined ? {} : parseRunStep(value.run)
  if (!confirmation || !run) return undefined
  return {
    leadId,
    sendId,
    email,
    recipient,
    ...(playbookVersion === undefined ? {} : { playbookVersion }),
    ...confirmation,
    ...run,
    ...(skipped === undefined ? {} : { skipped }),
    ...(handoffId === undefined ? {} : { handoffId }),
    ...(assignment === undefined ? {} : { assignment }),
  }
}

const parseConfirmation = (value: unknown): Pick<EmailRequest, 'confirmation'> | undefined => {
  if (!isFields(value)) return undefined
  const { factId, form, purpose, furtherPurpose, language } = value
  if (furtherPurpose !== undefined && typeof furtherPurpose !== 'string') return undefined
  const further = furtherPurpose === undefined ? {} : { furtherPurpose }
  return typeof factId === 'string' &&
    typeof form === 'string' &&
    typeof purpose === 'string' &&
    typeof language === 'string'
    ? { confirmation: { factId, form, purpose, ...further, language } }
    : undefined
}

const parseRunStep = (value: unknown): Pick<EmailRequest, 'run'> | undefined => {
  if (!isFields(value)) return undefined
  const { sequence, runId, step, afterWait, atOnce } = value
  return typeof sequence === 'string' &&
    typeof runId === 'string' &&
    typeof step === 'number' &&
    typeof afterWait === 'boolean' &&
    (atOnce === undefined || atOnce === true)
    ? { run: { sequence, runId, step, afterWait, ...(atOnce && { atOnce }) } }
    : undefined
}
