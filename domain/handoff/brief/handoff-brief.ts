import type { Fact } from '../../activity/activity.ts'
import { leadContext } from '../../condition/lead-context.ts'
import { unconfirmedRows } from '../../email/email-variables.ts'
import { localize } from '../../form/localize.ts'
import { stageWords } from '../../funnel/stage-words.ts'
import type { JsonObject } from '../../json.ts'
import { draftOf } from '../../lead/fold.ts'
import type { LeadState } from '../../lead/lead-state.ts'
import { reshapes } from '../../lead/left-out.ts'
import type { Rules } from '../../playbook/rules.ts'
import { scoreAt } from '../../scoring/score.ts'
import { readableTime } from '../../time/readable-time.ts'
import type { Handoff } from '../handoff.ts'
import { leadAnswers } from './lead-answers.ts'
import { mailHistory } from './mail-history.ts'
import { readableTimeline } from './readable-timeline.ts'
import type { Reader } from './reader.ts'
import { qualificationOf, scoreParts } from './score-parts.ts'

/** What is known of the lead of a handoff. */
export interface Briefed {
  readonly handoff: Handoff
  readonly lead: { readonly email?: string; readonly state: LeadState }
  /** The whole log, in order. */
  readonly facts: readonly Fact[]
  /** Subjects of the emails that the lead was sent, by the send's id. */
  readonly subjects: ReadonlyMap<string, string>
}

/**
 * What a salesperson needs to know before the first call, as of `now` (RFC 3339 UTC): `handoff.*`, `answers[]`,
 * `explanation[]`, `timeline[]`, `emails[]` and `opening` of the email to the owner. Times stand both as instants and as the reader writes them.
 */
export const handoffBrief = (
  { handoff, lead, facts, subjects }: Briefed,
  rules: Rules,
  reader: Reader,
  now: string,
): JsonObject => {
  const { language, timeZone } = reader
  const counting = countingFacts(facts, rules)
  const { parts, gained } = scoreParts(handoff, lead, facts, rules, reader)
  const [because] = readableTimeline(causeOf(handoff, lead.state, counting), reader)
  return {
    handoff: {
      id: handoff.handoffId,
      score: handoff.score,
      scoreNow: scoreAt(lead, rules, now).score,
      gained,
      stage: stageWords(handoff.stage, language),
      stageId: handoff.stage,
      team: handoff.team,
      owner: handoff.owner.name,
      ...earlierOwner(handoff),
      because: because?.text ?? '',
      becauseAt: because?.at ?? handoff.requestedAt,
      becauseOn: because?.when ?? '',
      requestedAt: handoff.requestedAt,
      requested: readableTime(language, handoff.requestedAt, timeZone),
      dueAt: handoff.dueAt,
      due: readableTime(language, handoff.dueAt, timeZone),
      confirmed: lead.state.confirmed !== undefined,
      // Leave to call is given with a number whose giver has shown that the address is theirs.
      phoneUnproven: lead.state.attributes.phone?.given === 'form',
    },
    answers: answersOf(counting, rules, reader),
    explanation: parts.map((part) => ({ ...part })),
    timeline: readableTimeline(counting, reader).map((row) => ({ ...row })),
    emails: mailHistory(counting, subjects, reader).map((row) => ({ ...row })),
    opening: openingFor(lead, rules, reader, now),
    unconfirmed: unconfirmedRows(lead.state, rules.playbook, language),
  }
}

const answersOf = (facts: readonly Fact[], { playbook }: Rules, reader: Reader): readonly JsonObject[] =>
  leadAnswers(facts, playbook.forms, reader).map((form) => ({
    ...form,
    answers: form.answers.map((answer) => ({ ...answer })),
  }))

/** Who had it last, and why somebody passed it on in their own words; empty where nobody did. */
const earlierOwner = ({ assignments }: Handoff) => ({
  previousOwner: assignments.at(-2)?.owner.name ?? '',
  reassignedBecause: assignments.at(-1)?.reason ?? '',
})

/** The fact with which the lead qualified. */
const causeOf = (handoff: Handoff, state: LeadState, facts: readonly Fact[]): readonly Fact[] => {
  const factId = qualificationOf(handoff, state)?.factId
  return facts.filter(({ id }) => id === factId)
}

/** What the lead did: without what was taken back or done by a machine. */
const countingFacts = (facts: readonly Fact[], rules: Rules): readonly Fact[] => {
  const leftOut = new Set<string>()
  draftOf(facts, rules, undefined, { leftOut: ({ id }) => leftOut.add(id) })
  return facts.filter((fact) => !leftOut.has(fact.id) && !reshapes(fact))
}

/** The first of the playbook's openings whose condition holds; empty where there is none. */
const openingFor = (lead: Briefed['lead'], rules: Rules, reader: Reader, now: string): string => {
  const context = leadContext(lead, rules, now)
  const opening = rules.playbook.handoff.opening?.find(
    ({ when }) => when === undefined || rules.holds(when, context),
  )
  return opening ? localize(opening.text, reader.language) : ''
}
