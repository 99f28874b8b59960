import { chooseLanguage } from '../../domain/form/form-page.ts'
import type { HandoffReply } from '../../domain/handoff/answer-handoff.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { Entry, Rehearsed } from '../../domain/rehearsal/journal.ts'
import { type Deed, type PlannedDeed, postedOf, type Rehearsal } from '../../domain/rehearsal/rehearsal.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import { makeAnswerHandoff } from '../handoff/answer-handoff.ts'
import { makeReceiveEvents } from '../intake/events-route.ts'
import { makeSubmitForm } from '../intake/submit-form.ts'
import { keepJournal, makeConsoleView, makeWatchScore } from './journal.ts'
import { leadOf, makeMailbox, makeSystem, nextTimer, type Refused, type System } from './system.ts'
import { makeDeliverEvents } from './workers.ts'

/** Does what somebody does, by the way that the running system has for it. @returns why it was not taken. */
export const makePerformDeed = (system: System, { subject }: Pick<Rehearsal, 'subject'>) => {
  const { rules } = system
  const mailbox = makeMailbox(system)
  const submitForm = makeSubmitForm(system)
  const receiveEvents = makeReceiveEvents(system)
  const answerHandoff = makeAnswerHandoff({ ...system, rules: rules.playbook.handoff })

  const fillIn = async ({ form: id, fields }: Extract<Deed, { type: 'form' }>): Promise<Refused> => {
    const { forms } = rules.playbook
    const form = Object.hasOwn(forms, id) ? forms[id] : undefined
    if (!form) return `there is no form "${id}"`
    const lang = typeof fields.language === 'string' ? fields.language : undefined
    const language = chooseLanguage(form.languages, { lang })
    const result = await submitForm({ form, posted: postedOf(fields), language })
    switch (result.type) {
      case 'taken':
        return undefined
      case 'refused':
        return result.errors.map(({ path, message }) => `${path}: ${message}`).join('; ')
      default:
        return result satisfies never
    }
  }

  const report = async ({
    activity: type,
    properties,
    known,
  }: Extract<Deed, { type: 'activity' }>): Promise<Refused> => {
    const { rejected } = await receiveEvents([{ type, subject, properties, ...known }])
    const errors = rejected.flatMap((one) => one.errors)
    return errors.length === 0
      ? undefined
      : errors.map(({ path, message }) => `${path} ${message}`).join('; ')
  }

  const openHandoff = async (): Promise<Handoff | undefined> => {
    const leadId = leadOf(system)
    const handoffs = leadId === undefined ? [] : await system.handoffs.list(leadId)
    return handoffs.findLast(({ answer }) => answer.state === 'requested')
  }

  const answer = async (reply: (by: string) => HandoffReply): Promise<Refused> => {
    const handoff = await openHandoff()
    if (!handoff) return 'no handoff is open'
    const outcome = await answerHandoff(handoff.handoffId, reply(handoff.owner.email))
    switch (outcome.type) {
      case 'answered':
      case 'repeated':
        return undefined
      case 'no-longer-open':
      case 'handed-on':
      case 'unknown-handoff':
        return 'the handoff is no longer open'
      case 'unknown-reason':
        return `the reasons are: ${outcome.reasons.join(', ')}`
      default:
        return outcome satisfies never
    }
  }

  /** As if the sequence's own beginning had come about by the latest that is known of the lead. */
  const enter = async (sequence: string): Promise<Refused> => {
    const leadId = leadOf(system)
    const fact = leadId === undefined ? undefined : (await system.leads.facts(leadId)).at(-1)
    if (leadId === undefined || !fact) return 'nothing is known of the lead yet'
    const occurredAt = system.clock()
    const data = { sequence, because: { activityId: fact.id }, factOccurredAt: occurredAt }
    const id = `${leadId}:rehearsed:${sequence}:${occurredAt}`
    const cause = { causationId: fact.id, correlationId: fact.id }
    await system.bus.publish([{ ...{ id, type: 'SequenceTriggered', leadId, occurredAt, data }, ...cause }])
    return undefined
  }

  return (deed: Deed): Promise<Refused> | Refused => {
    switch (deed.type) {
      case 'enter':
        return enter(deed.sequence)
      case 'form':
        return fillIn(deed)
      case 'confirm':
        return mailbox.confirm(deed.form)
      case 'activity':
        return report(deed)
      case 'open':
        return mailbox.open(deed.email)
      case 'click':
        return mailbox.click(deed.email)
      case 'accept':
        return answer((by) => ({ type: 'accept', by }))
      case 'reject':
        return answer((by) => ({ type: 'reject', by, reason: deed.reason }))
      default:
        return deed satisfies never
    }
  }
}

/** How long (ms) a lead takes to read an email. */
const readingTakes = 3_600_000

/** What the lead does with an email. */
const readingOf = (entry: Entry, { reads, mailReportsFrom }: Rehearsal): readonly PlannedDeed[] => {
  if (!reads || entry.type !== 'mail' || entry.recipient !== 'lead' || entry.at < mailReportsFrom) return []
  const at = addMilliseconds(entry.at, readingTakes)
  const { email } = entry
  const opened: PlannedDeed = { at, deed: { type: 'open', email } }
  return reads === 'opens' ? [opened] : [opened, { at, deed: { type: 'click', email } }]
}

/** What is to be done, by its time: the deeds, and behind those of the same moment the reading of emails that came. */
const makeAgenda = (rehearsal: Rehearsal, entries: readonly Entry[]) => {
  const left = [...rehearsal.deeds]
  let seen = 0
  return {
    next: (): PlannedDeed | undefined => {
      for (const planned of entries.slice(seen).flatMap((entry) => readingOf(entry, rehearsal))) {
        const at = left.findIndex((one) => one.at > planned.at)
        if (planned.at <= rehearsal.until) left.splice(at < 0 ? left.length : at, 0, planned)
      }
      seen = entries.length
      return left[0]
    },
    take: (planned: PlannedDeed): PlannedDeed => {
      left.splice(left.indexOf(planned), 1)
      return planned
    },
  }
}

/**
 * Plays a lead through a playbook: the functions that are deployed, on stores in memory and a clock that jumps from one
 * event to the next. Of a deed and a timer at the same moment the deed comes first.
 */
export const rehearse = async (rehearsal: Rehearsal, playbook: Playbook): Promise<Rehearsed> => {
  const system = makeSystem({ ...rehearsal, playbook })
  const journal = keepJournal(system)
  const view = makeConsoleView(system)
  const { settle, fireTimer } = makeDeliverEvents(system, journal, makeWatchScore(view))
  const perform = makePerformDeed(system, rehearsal)

  const act = async ({ at, deed }: PlannedDeed): Promise<void> => {
    system.time.now = at
    const reason = await perform(deed)
    journal.note(reason === undefined ? { type: 'deed', deed } : { type: 'refused', deed, reason })
    await settle()
  }

  const fire = async (next: NonNullable<ReturnType<typeof nextTimer>>): Promise<void> => {
    const timer = next.timers.take()
    if (next.at > system.time.now) system.time.now = next.at
    await fireTimer(next.worker, timer?.message)
  }

  const agenda = makeAgenda(rehearsal, journal.entries)
  for (;;) {
    const [timer, planned] = [nextTimer(system), agenda.next()]
    if (timer && (planned ? timer.at < planned.at : timer.at <= rehearsal.until)) await fire(timer)
    else if (planned) await act(agenda.take(planned))
    else break
  }
  system.time.now = rehearsal.until
  const seen = await view()
  return { entries: journal.entries, ...(seen && { outcome: seen.outcome }) }
}
