import { type EmailRequest, notMe } from '../../domain/email/email-request.ts'
import type { JsonObject } from '../../domain/json.ts'
import { confirmWithin } from '../../domain/lead/consent-deadlines.ts'
import type { DoubleOptIn } from '../../domain/playbook/settings.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { TokenPurpose, Tokens } from '../ports.ts'

const day = 24 * 3_600_000
/** People unsubscribe from old emails, too. */
const unsubscribeFor = 2 * 365 * day
const answerFor = 60 * day

/** `links.*`: those that make sense for this email. */
export const emailLinks = (
  tokens: Tokens,
  publicUrl: string,
  request: EmailRequest,
  language: string,
  { now, doubleOptIn }: { readonly now: string; readonly doubleOptIn?: DoubleOptIn | undefined },
): Readonly<Record<string, string>> => {
  const { leadId, sendId, email, confirmation, handoffId, assignment, recipient } = request
  const link = (path: string, purpose: TokenPurpose, data: JsonObject, lifetime: number): string =>
    `${publicUrl}/${path}/${tokens.sign(purpose, { leadId, data }, addMilliseconds(now, lifetime))}`

  if (recipient === 'owner') {
    const console = `${publicUrl}/`
    if (handoffId === undefined || email === 'reassigned') return { console }
    const answer = link(
      'h',
      'handoff',
      {
        handoffId,
        ...(assignment !== undefined && { assignment }),
        ...(email === 'escalation' && { as: 'lead' }),
      },
      answerFor,
    )
    return { accept: `${answer}?answer=accept`, reject: `${answer}?answer=reject`, console }
  }
  const unsubscribe = link('u', 'unsubscribe', { sendId, email, language }, unsubscribeFor)
  const common = { unsubscribe, preferences: unsubscribe }
  if (!confirmation) return common
  const { form, purpose, furtherPurpose, factId } = confirmation
  const further = furtherPurpose === undefined ? {} : { furtherPurpose }
  const data = { form, purpose, ...further, language: confirmation.language, factId }
  const confirm = link('confirm', 'confirm', data, confirmWithin(doubleOptIn))
  return { ...common, confirm, notMe: `${confirm}?${notMe}=1` }
}
