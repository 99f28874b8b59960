import type { HandoffReply } from '../../domain/handoff/answer-handoff.ts'
import { renderAnsweredPage, renderAnswerPage } from '../../domain/handoff/answer-page.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { AnswerOutcome } from '../handoff/answer-handoff.ts'
import type { HttpRequest } from '../http/request.ts'
import type { Clock, Handoffs, Tokens } from '../ports.ts'

export interface AnswerByLinkPorts {
  readonly handoffs: Handoffs
  readonly answer: (handoffId: string, reply: HandoffReply) => Promise<AnswerOutcome>
  readonly tokens: Tokens
  readonly clock: Clock
  readonly playbook: Playbook
}

export type LinkAnswer =
  | { readonly type: 'page'; readonly status: 200 | 409; readonly html: string }
  | { readonly type: 'not-found' }
  | { readonly type: 'bad-input'; readonly html: string }

/** The links of the handoff email: whoever holds one answers as the handoff's owner, without signing in. */
export const makeAnswerByLink =
  (ports: AnswerByLinkPorts) =>
  async ({ method, params, query, body }: HttpRequest): Promise<LinkAnswer> => {
    const claims = ports.tokens.verify('handoff', params.token ?? '', ports.clock())
    const handoffId = claims?.data.handoffId
    const handoff = typeof handoffId === 'string' ? await ports.handoffs.find(handoffId) : undefined
    if (!handoff || handoff.leadId !== claims?.leadId) return { type: 'not-found' }

    const { settings, handoff: rules } = ports.playbook
    const frame = { language: settings.languages[0], company: settings.company }
    const question = (): string =>
      renderAnswerPage(frame, handoff, {
        reasons: Object.keys(rules.reject),
        timeZone: rules.teams[handoff.team]?.timeZone ?? settings.timeZone,
        preferReject: query.answer === 'reject',
      })
    const answered = (stands: Handoff, status: 200 | 409): LinkAnswer => ({
      type: 'page',
      status,
      html: renderAnsweredPage(frame, stands),
    })

    if (method !== 'POST')
      return handoff.answer.state === 'requested'
        ? { type: 'page', status: 200, html: question() }
        : answered(handoff, 200)
    const reply = readReply(body, handoff.owner.email)
    if (!reply) return { type: 'bad-input', html: question() }
    const outcome = await ports.answer(handoff.handoffId, reply)
    switch (outcome.type) {
      case 'answered':
      case 'repeated':
        return answered(outcome.handoff, 200)
      case 'no-longer-open':
        return answered(outcome.handoff, 409)
      case 'unknown-reason':
        return { type: 'bad-input', html: question() }
      case 'unknown-handoff':
        return { type: 'not-found' }
      default:
        return outcome satisfies never
    }
  }

const readReply = (body: Uint8Array, by: string): HandoffReply | undefined => {
  const fields = new URLSearchParams(new TextDecoder().decode(body))
  const reason = fields.get('reason')
  if (fields.get('answer') === 'accept') return { type: 'accept', by }
  if (fields.get('answer') === 'reject' && reason) return { type: 'reject', by, reason }
  return undefined
}
