import { chooseLanguage } from '../../domain/form/form-page.ts'
import type { HandoffReply } from '../../domain/handoff/answer-handoff.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { Rehearsed } from '../../domain/rehearsal/journal.ts'
import { type Deed, type PlannedDeed, postedOf, type Rehearsal } from '../../domain/rehearsal/rehearsal.ts'
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

  return (deed: Deed): Promise<Refused> | Refused => {
    switch (deed.type) {
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

  const fireWhile = async (isTime: (at: string) => boolean): Promise<void> => {
    for (let next = nextTimer(system); next && isTime(next.at); next = nextTimer(system)) {
      const timer = next.timers.take()
      if (next.at > system.time.now) system.time.now = next.at
      await fireTimer(next.worker, timer?.message)
    }
  }

  for (const planned of rehearsal.deeds) {
    await fireWhile((at) => at < planned.at)
    await act(planned)
  }
  await fireWhile((at) => at <= rehearsal.until)
  system.time.now = rehearsal.until
  const seen = await view()
  return { entries: journal.entries, ...(seen && { outcome: seen.outcome }) }
}
