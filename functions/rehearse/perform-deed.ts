import { chooseLanguage } from '../../domain/form/choose-language.ts'
import type { HandoffReply } from '../../domain/handoff/answer-handoff.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import { postedOf } from '../../domain/rehearsal/check-deed.ts'
import type { Deed, Rehearsal } from '../../domain/rehearsal/rehearsal.ts'
import { makeAnswerHandoff } from '../handoff/answer-handoff.ts'
import { makeReceiveEvents } from '../intake/receive-events.ts'
import { makeSubmitForm } from '../intake/submit-form.ts'
import { makeMailbox, type Refused } from './mailbox.ts'
import { leadOf, type System } from './make-system.ts'

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
