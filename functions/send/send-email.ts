import { type EmailOutcome, outcomeDecision, type RequestCause } from '../../domain/email/email-outcome.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import { type Bus, type Clock, type Tokens, Transient } from '../ports.ts'
import type { Mailer, Send, Sends } from '../send-ports.ts'
import { type AddressEmailPorts, addressEmail } from './address-email.ts'
import { type Composed, composeEmail } from './compose-email.ts'
import { emailLinks } from './email-links.ts'

export interface SendEmailPorts extends AddressEmailPorts {
  readonly sends: Sends
  readonly mailer: Mailer
  readonly bus: Bus
  readonly tokens: Tokens
  readonly clock: Clock
  /** Where links lead, without a slash at the end. */
  readonly publicUrl: string
}

/** Longer than any call to SES, and than the SES event that would settle a claim whose sender died. */
const lease = 15 * 60_000

/**
 * Sends an email once (DESIGN section 3): claim, look again, send, settle, tell.
 * @throws Transient when it has to come again: throttled, or claimed by somebody whose outcome is not known yet.
 */
export const makeSendEmail =
  (ports: SendEmailPorts) =>
  async (request: EmailRequest, cause: RequestCause): Promise<void> => {
    const { leadId, sendId, email } = request
    const now = ports.clock()
    const claim: Send = {
      sendId,
      leadId,
      email,
      request,
      status: 'claimed',
      claimedAt: now,
      leaseUntil: addMilliseconds(now, lease),
    }
    const standing = await ports.sends.claim(claim, now)
    const outcome = standing ? outcomeOf(standing) : await attempt(ports, request, now)
    if (!standing) await ports.sends.settle(leadId, sendId, outcome)
    await ports.bus.publish([outcomeDecision(request, outcome, cause)])
  }

/** The outcome of a send that was settled earlier: told again, in case its sender died before it could. */
const outcomeOf = (send: Send): EmailOutcome => {
  const at = send.at ?? send.claimedAt
  switch (send.status) {
    case 'claimed':
      throw new Transient(`send ${send.sendId} is claimed until ${send.leaseUntil}`)
    case 'sent':
      return {
        status: 'sent',
        at,
        ...(send.messageId !== undefined && { messageId: send.messageId }),
        ...(send.language !== undefined && { language: send.language }),
      }
    case 'suppressed':
    case 'failed':
    case 'exited':
      return { status: send.status, at, reason: send.reason ?? send.status }
    default:
      return send.status satisfies never
  }
}

const attempt = async (ports: SendEmailPorts, request: EmailRequest, now: string): Promise<EmailOutcome> => {
  const prepared = await releasing(ports, request, () => prepare(ports, request, now))
  if ('status' in prepared) return prepared
  // Only a Transient says that SES has certainly not sent: after anything else the claim stands until its lease ends.
  const answer = await releasing(
    ports,
    request,
    () => ports.mailer.send(prepared.composed.email),
    (error) => error instanceof Transient,
  )
  const at = ports.clock()
  return answer.type === 'accepted'
    ? { status: 'sent', at, messageId: answer.messageId, language: prepared.language }
    : { status: 'failed', at, reason: `rejected: ${answer.reason}` }
}

interface Prepared {
  readonly composed: Extract<Composed, { type: 'composed' }>
  readonly language: string
}

const prepare = async (
  ports: SendEmailPorts,
  request: EmailRequest,
  now: string,
): Promise<Prepared | EmailOutcome> => {
  const { playbookVersion } = request
  const playbook = await (playbookVersion === undefined
    ? ports.playbooks.current()
    : ports.playbooks.version(playbookVersion))
  const translations = playbook.emails[request.email]
  if (!translations) throw new Error(`no email ${request.email} in playbook ${playbook.version}`)
  const address = await addressEmail(ports, request, playbook, translations, now)
  if (address.type === 'exited') return { status: 'exited', at: now, reason: 'exit' }
  if (address.type === 'suppressed') return { status: 'suppressed', at: now, reason: address.reason }
  const template = translations[address.language]
  if (!template) throw new Error(`email ${request.email} is not written in ${address.language}`)
  const links = emailLinks(ports.tokens, ports.publicUrl, request, address.language, now)
  const composed = composeEmail(request, template, playbook.settings, { ...address, links })
  switch (composed.type) {
    case 'composed':
      return { composed, language: address.language }
    case 'missing-value':
      return { status: 'failed', at: now, reason: `missing-value: ${composed.variable}` }
    case 'unrenderable':
      return { status: 'failed', at: now, reason: `unrenderable: ${composed.reason}` }
    default:
      return composed satisfies never
  }
}

/**
 * Gives the claim back when `work` fails in a way that certainly sent nothing. Where that fails too, the claim runs out
 * by itself, and the first failure is the one to tell.
 */
const releasing = async <Result>(
  { sends }: SendEmailPorts,
  { leadId, sendId }: EmailRequest,
  work: () => Promise<Result>,
  sentNothing: (error: unknown) => boolean = () => true,
): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    if (sentNothing(error)) await sends.release(leadId, sendId).catch(() => undefined)
    throw error
  }
}
