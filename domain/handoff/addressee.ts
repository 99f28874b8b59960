import type { EmailRequest } from '../email/email-request.ts'
import type { Handoff } from './handoff.ts'
import { notifySendId } from './handoff-ids.ts'
import type { Member, Team } from './handoff-rules.ts'
import { deadlineSendId } from './pass-deadlines.ts'
import { memberOf } from './team-members.ts'

/** To whom an email about a handoff goes, or why there is no point in it any more. */
export type Addressee =
  | { readonly type: 'to'; readonly name: string; readonly email: string; readonly language?: string }
  | { readonly type: 'pointless'; readonly reason: string }

const pointless = (reason: string): Addressee => ({ type: 'pointless', reason })

/**
 * Judged last thing before an email is sent: none is once the handoff is answered or closed, except to whoever takes it
 * over accepted; nor one that was asked for while somebody else had it.
 * @param team the handoff's, as it is now; undefined where the playbook has it no more.
 */
export const addresseeOf = (
  handoff: Handoff,
  { email, sendId }: Pick<EmailRequest, 'email' | 'sendId'>,
  team: Team | undefined,
): Addressee => {
  const { state } = handoff.answer
  const isTakenOver = email === 'reassigned' && state === 'accepted'
  if (state !== 'requested' && !isTakenOver) return pointless('already-answered')
  const { name, email: address } = handoff.owner
  const { language } = (team && memberOf(team, address)) ?? {}
  const owner = { type: 'to', name, email: address, ...(language !== undefined && { language }) } as const
  switch (email) {
    case 'reminder':
      return sendId === deadlineSendId(handoff, email) ? owner : pointless('reassigned')
    case 'escalation':
      if (sendId !== deadlineSendId(handoff, email)) return pointless('reassigned')
      return team?.lead ? toMember(team.lead) : pointless('no-team-lead')
    default:
      return isEarlier(handoff, sendId)
        ? pointless(wasWithdrawn(handoff) ? 'withdrawn' : 'reassigned')
        : owner
  }
}

const toMember = ({ name, email, language }: Member): Addressee => ({
  type: 'to',
  name,
  email,
  ...(language !== undefined && { language }),
})

/** The email with which somebody was given it before: whoever has it now got one of their own. */
const isEarlier = (handoff: Handoff, sendId: string): boolean =>
  sendId.startsWith(`${handoff.handoffId}:notify`) && sendId !== notifySendId(handoff)

/** Whether the present owner has it because it was asked for again, not because somebody else had it before. */
const wasWithdrawn = ({ assignments }: Handoff): boolean =>
  !['deadline', 'by-hand'].includes(assignments.at(-1)?.because ?? '')
