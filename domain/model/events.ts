import * as z from 'zod/mini'
import { salesPhases, stageIds } from './deal.ts'
import { emailRequest, leadIdSchema, recipient } from './email-request.ts'
import { type EventWorker, event } from './event-row.ts'
import {
  exits,
  fieldsOf,
  noLine,
  ofSales,
  ofStage,
  oneLine,
  plain,
  rounded,
  suppressions,
  waits,
} from './event-words.ts'
import type { Json } from './json.ts'

const text = z.string()
const optionalText = z.exactOptional(text)
const number = z.number()
const stage = z.enum(stageIds)
const phase = z.enum(salesPhases)
/** The activity that caused the event. */
const because = z.object({ activityId: text })
const none = z.custom<Readonly<Record<never, never>>>((data) => typeof data === 'object')
const purpose = z.object({ purpose: text })
const merge = z.object({ merged: leadIdSchema })

/**
 * `request`: requested by the person. `unconfirmed`: never confirmed, and no other reason to keep the data. `retention`:
 * inactive for the period in the settings. `import-undone`: an import that made the lead was taken back.
 */
export const erasureReason = z.enum(['request', 'unconfirmed', 'retention', 'import-undone'])

/** Triggers of sequences. */
const occasion = {
  because,
  factOccurredAt: z.custom<string>((value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))),
}

const run = { sequence: text, version: text, runId: text }

/** Each kind of step defines its own further fields. */
const stepSchema = z.catchall(
  z.object({ ...run, step: number, type: text, skipped: optionalText }),
  z.custom<Json>((value) => value !== undefined),
)

const email = {
  sendId: text,
  email: text,
  recipient,
  sequence: optionalText,
  runId: optionalText,
  step: z.exactOptional(number),
}

const deadline = z.object({ handoffId: text, team: text, assignment: number, dueAt: text })

const deal = { dealId: text, externalId: optionalText, handoffId: optionalText }
const closedDeal = z.object({
  ...deal,
  phase,
  amount: optionalText,
  currency: optionalText,
  because,
  reason: optionalText,
})

const why = ({ reason }: { readonly reason?: string }): string =>
  reason === undefined ? '' : `, because ${reason}`

const outcomes = { completed: 'completed', goal: 'goal reached', exit: 'left, its exit condition holds' }

/** Events about one lead; `data` also contains its id. */
export const leadEvents = {
  LeadCreated: event({
    data: none,
    takenBy: [],
    title: 'A lead was created',
    line: noLine,
  }),
  LeadScored: event({
    data: z.object({
      score: number,
      band: text,
      grade: text,
      previousBand: text,
      because: z.enum(['activity', 'faded']),
    }),
    takenBy: [],
    title: 'Grade or band of a lead changed',
    line: ({ score, band, grade, previousBand, because }) => {
      const way = band === previousBand ? band : `${previousBand} → ${band}`
      const faded = because === 'faded' ? 'points faded: ' : ''
      return plain('band', `${faded}${way}, grade ${grade}, score ${rounded(score)}`)
    },
  }),
  StageAdvanced: event({
    data: z.object({
      from: z.nullable(stage),
      to: stage,
      skipped: z.readonly(z.array(stage)),
      because: z.object({ activityId: text, condition: z.nullable(text) }),
      cycle: number,
      factOccurredAt: occasion.factOccurredAt,
    }),
    takenBy: ['nurture'],
    title: 'A lead reached a stage',
    line: ({ from, to, skipped, because: { condition } }) => {
      const past = skipped.length > 0 ? `, past ${skipped.join(' and ')}` : ''
      const way = from === null ? to : `${from} → ${to}`
      return ofStage(condition === null ? way : `${way}${past}, because ${oneLine(condition)}`)
    },
  }),
  StageWithdrawn: event({
    data: z.object({ stage, cycle: number, to: stage, because }),
    takenBy: [],
    title: 'A stage was withdrawn',
    line: ({ stage, to }) => ofStage(`${stage} taken back, now ${to}`),
  }),
  LeadQualified: event({
    /** `explored`: below the threshold, one of this share of such leads. */
    data: z.object({ score: number, stage, cycle: number, explored: z.exactOptional(number) }),
    takenBy: ['handoff', 'webhook'],
    title: 'A lead qualified for sales',
    line: ({ score, stage, explored }) =>
      ofSales(
        'qualified',
        `in ${stage} with score ${rounded(score)}${explored === undefined ? '' : ', below the threshold, by way of trial'}`,
      ),
  }),
  LeadExplored: event({
    data: z.object({ cycle: number, share: number }),
    takenBy: ['handoff'],
    title: 'A lead just below the threshold was drawn to be handed over',
    line: noLine,
  }),
  QualificationWithdrawn: event({
    data: z.object({ cycle: number, because }),
    takenBy: ['nurture', 'handoff', 'webhook'],
    title: 'A lead no longer qualifies: what spoke for it was taken back',
    line: () => ofSales('qualified', 'taken back'),
  }),
  LeadRecycled: event({
    data: z.object({
      reason: text,
      because: z.enum(['lost', 'rejected']),
      cycle: number,
      from: z.nullable(stage),
      to: z.nullable(stage),
      pausedUntil: z.nullable(text),
      sequence: z.nullable(text),
    }),
    takenBy: ['nurture', 'handoff', 'webhook'],
    title: 'A lead went back to marketing',
    line: ({ reason, because, from, to, pausedUntil }, { clock }) => {
      const paused = pausedUntil === null ? '' : `, not to sales before ${clock(pausedUntil)}`
      const lost = because === 'lost' ? 'the deal was lost: ' : ''
      return ofSales('recycled', `${from ?? ''} → ${to ?? ''}, because ${lost}${reason}${paused}`)
    },
  }),
  LeadClosed: event({
    data: z.object({ reason: text, cycle: number }),
    takenBy: ['nurture', 'handoff', 'webhook'],
    title: 'A lead was closed for good',
    line: ({ reason }) => ofSales('closed', `for good, because ${reason}`),
  }),
  LeadMerged: event({
    data: merge,
    takenBy: ['handoff'],
    title: 'A lead was merged into another',
    line: fieldsOf('LeadMerged'),
  }),
  LeadUnmerged: event({
    data: merge,
    takenBy: ['handoff'],
    title: 'A merge was undone',
    line: fieldsOf('LeadUnmerged'),
  }),
  ErasureRequested: event({
    /** `version`: of the lead when its retention ended. */
    data: z.object({ because: erasureReason, version: z.exactOptional(number) }),
    takenBy: ['erase'],
    title: 'A lead is to be erased',
    line: fieldsOf('ErasureRequested'),
  }),
  LeadErased: event({
    data: z.object({ because: erasureReason, merged: z.readonly(z.array(leadIdSchema)) }),
    takenBy: ['webhook'],
    title: 'A lead was erased',
    line: fieldsOf('LeadErased'),
  }),
  ConsentGranted: event({
    data: purpose,
    takenBy: ['send'],
    title: 'Consent was granted',
    line: ({ purpose }) => plain('consent', `granted for ${purpose}`),
  }),
  ConsentWithdrawn: event({
    data: purpose,
    takenBy: [],
    title: 'Consent was withdrawn',
    line: ({ purpose }) => plain('consent', `withdrawn for ${purpose}`),
  }),
  ActivityRecorded: event({
    data: z.object({ activity: text, ...occasion }),
    takenBy: ['nurture'],
    title: 'An activity that a sequence waits for',
    line: noLine,
  }),
  SequenceTriggered: event({
    data: z.object({
      sequence: text,
      because: z.union([because, z.object({ runId: text, step: number })]),
      factOccurredAt: occasion.factOccurredAt,
      cycle: z.exactOptional(number),
    }),
    takenBy: ['nurture'],
    title: 'A sequence is to begin',
    line: noLine,
  }),
  SequenceEntered: event({
    data: z.object(run),
    takenBy: [],
    title: 'A lead entered a sequence',
    line: ({ sequence }) => plain('sequence', `${sequence}: entered`),
  }),
  SequenceStepReached: event({
    data: stepSchema,
    takenBy: [],
    title: 'A step of a sequence was reached',
    line: (data, { step }) => {
      const words = step(data)
      return words === undefined ? undefined : plain('sequence', `${data.sequence}: ${words}`)
    },
  }),
  SequenceExited: event({
    data: z.object({ ...run, outcome: z.enum(['completed', 'goal', 'exit']), reason: optionalText }),
    takenBy: [],
    title: 'A sequence ended',
    line: ({ sequence, outcome, reason }) => {
      const how = reason === undefined ? outcomes[outcome] : (exits.get(reason) ?? `left, ${reason}`)
      return plain('sequence', `${sequence}: ${how}`)
    },
  }),
  SequenceMigrated: event({
    data: z.object({ ...run, from: text, to: text, step: number }),
    takenBy: [],
    title: 'A run moved to another version',
    line: fieldsOf('SequenceMigrated'),
  }),
  EmailRequested: event({
    data: emailRequest,
    takenBy: ['send'],
    title: 'An email is to be sent',
    line: noLine,
  }),
  EmailSent: event({
    data: z.object({
      ...email,
      messageId: optionalText,
      language: optionalText,
      consent: z.exactOptional(z.object({ purpose: text, factId: text })),
    }),
    takenBy: [],
    title: 'An email was sent',
    line: noLine,
  }),
  EmailSuppressed: event({
    data: z.object({ ...email, outcome: z.enum(['suppressed', 'failed', 'exited']), reason: text }),
    takenBy: [],
    title: 'An email will not be sent',
    line: ({ email, recipient, reason }) => ({
      kind: 'not sent',
      text: `${email} to ${recipient}: ${suppressions.get(reason) ?? reason}`,
      tone: 'amiss',
    }),
  }),
  EmailHeld: event({
    data: z.object({ ...email, reason: text, until: text }),
    takenBy: [],
    title: 'An email waits',
    line: ({ email, reason, until }, { clock }) =>
      plain('held', `${email} until ${clock(until)}: ${waits.get(reason) ?? reason}`),
  }),
  HandoffRequested: event({
    data: z.object({
      ...{ handoffId: text, team: text, score: number, stage, dueAt: text },
      explored: z.exactOptional(number),
    }),
    takenBy: ['webhook'],
    title: 'New lead for sales',
    line: noLine,
  }),
  HandoffAssigned: event({
    data: z.object({
      handoffId: text,
      team: text,
      /** Index in the team: names do not leave the table. */
      member: z.exactOptional(number),
      lead: z.exactOptional(z.literal(true)),
      because: z.enum(['routed', 'sticky', 'fallback', 'deadline', 'by-hand']),
      assignment: number,
      accepted: z.exactOptional(z.literal(true)),
    }),
    takenBy: ['webhook'],
    title: 'Lead assigned',
    line: noLine,
  }),
  HandoffReminded: event({
    data: deadline,
    takenBy: ['webhook'],
    title: 'A lead is waiting for an answer',
    line: () => ofSales('handoff', 'no answer yet: the owner is reminded'),
  }),
  HandoffEscalated: event({
    data: deadline,
    takenBy: ['webhook'],
    title: 'Overdue: this lead has not been answered',
    line: () => ofSales('handoff', 'no answer when it was due: escalated'),
  }),
  HandoffAccepted: event({
    /** `because`: the activity that answered. */
    data: z.object({ handoffId: text, because: z.exactOptional(because) }),
    takenBy: ['handoff', 'webhook'],
    title: 'Lead accepted',
    line: () => ofSales('handoff', 'accepted'),
  }),
  HandoffRejected: event({
    data: z.object({
      handoffId: text,
      reason: text,
      expired: z.exactOptional(z.literal(true)),
      because: z.exactOptional(because),
    }),
    takenBy: ['webhook'],
    title: 'Lead rejected',
    line: ({ reason, expired }) =>
      ofSales('handoff', `${expired ? 'no answer: returned' : 'rejected'}, ${reason}`),
  }),
  DealPhaseChanged: event({
    data: z.object({ ...deal, from: z.nullable(phase), to: phase, because, reason: optionalText }),
    takenBy: ['handoff', 'webhook'],
    title: 'A deal moved on',
    line: ({ from, to, ...data }) => ofSales('deal', `${from === null ? '' : `${from} → `}${to}${why(data)}`),
  }),
  DealWon: event({
    data: closedDeal,
    takenBy: ['nurture', 'handoff', 'webhook'],
    title: 'Deal won',
    line: ({ amount, currency }) =>
      ofSales('deal', `won${amount === undefined ? '' : `, ${amount} ${currency ?? ''}`}`),
  }),
  DealLost: event({
    data: closedDeal,
    takenBy: ['nurture', 'handoff', 'webhook'],
    title: 'Deal lost',
    line: (data) => ofSales('deal', `lost${why(data)}`),
  }),
  DealOutcomeWithdrawn: event({
    data: z.object({
      ...deal,
      outcome: z.enum(['won', 'lost']),
      phase: z.nullable(phase),
      because: z.object({ activityId: z.nullable(text) }),
    }),
    takenBy: ['handoff', 'webhook'],
    title: 'The outcome of a deal was withdrawn',
    line: ({ outcome }) => ofSales('deal', `no longer ${outcome}`),
  }),
}

/** Events about no lead. */
export const systemEvents = {
  PlaybookPublished: event({
    data: z.object({ version: text, rulesVersion: text, previousRulesVersion: text }),
    takenBy: ['rescore'],
    title: 'A playbook went live',
    line: fieldsOf('PlaybookPublished'),
  }),
  SendingPaused: event({
    /** `what`: absent for marketing mail. */
    data: z.object({
      what: z.exactOptional(z.literal('confirmations')),
      because: z.enum(['bounces', 'complaints', 'by-hand']),
      figures: z.exactOptional(z.object({ sent: number, bounced: number, complained: number })),
    }),
    takenBy: [],
    title: 'Sending was paused',
    line: fieldsOf('SendingPaused'),
  }),
  SendingResumed: event({
    data: z.object({ what: z.exactOptional(z.literal('confirmations')) }),
    takenBy: ['send'],
    title: 'Sending was resumed',
    line: fieldsOf('SendingResumed'),
  }),
  BroadcastStarted: event({
    data: z.object({ broadcastId: text, email: text }),
    takenBy: [],
    title: 'A broadcast began',
    line: fieldsOf('BroadcastStarted'),
  }),
  BroadcastFinished: event({
    /** How many of its audience ended how; `shown` is the sum of the others. */
    data: z.object({
      ...{ broadcastId: text, shown: number, sent: number, held: number, failed: number, exited: number },
      suppressed: z.record(text, number),
    }),
    takenBy: [],
    title: 'A broadcast ended',
    line: fieldsOf('BroadcastFinished'),
  }),
  ImportFinished: event({
    data: z.object({
      ...{ importId: text, created: number, updated: number, unchanged: number, rejected: number },
      undone: z.exactOptional(z.literal(true)),
    }),
    takenBy: [],
    title: 'An import was taken, or taken back',
    line: fieldsOf('ImportFinished'),
  }),
  SequenceResumed: event({
    data: z.object({ sequence: text, due: text }),
    takenBy: ['send'],
    title: 'A paused sequence was resumed',
    line: fieldsOf('SequenceResumed'),
  }),
}

type Events = typeof leadEvents & typeof systemEvents

/** Data of each event, by type. */
export type EventData = { readonly [Type in keyof Events]: z.output<Events[Type]['data']> }
export type EventType = keyof Events
/** Types of events about one lead. */
export type DecisionType = keyof typeof leadEvents
export type SystemEventType = keyof typeof systemEvents

/** Types out of `Type` that a worker receives. */
export type TakenBy<Worker extends EventWorker, Type extends EventType = DecisionType> = {
  [One in Type]: Worker extends Events[One]['takenBy'][number] ? One : never
}[Type]

export type WebhookEventType = TakenBy<'webhook'>
