import type { HandoffReply } from '../../domain/handoff/answer-handoff.ts'
import {
  type LeadCard,
  noteLimit,
  renderAnsweredPage,
  renderHandedOnPage,
  renderQuestionPage,
} from '../../domain/handoff/answer-page.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import { leadAnswers, type Reader } from '../../domain/handoff/handoff-brief.ts'
import { isInSales, memberOf } from '../../domain/handoff/routing.ts'
import type { Team } from '../../domain/model/handoff-rules.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { Settings } from '../../domain/model/settings.ts'
import { renderNotFoundPage } from '../../domain/page/message-pages.ts'
import { frameOf } from '../../domain/page/page-layout.ts'
import type { AuditLog } from '../audit-ports.ts'
import type { AnswerOutcome } from '../handoff/answer-handoff.ts'
import { type HttpApp, type HttpContext, makeApp } from '../http/http-app.ts'
import { bodyOf, pageReply } from '../http/http-message.ts'
import { statusOf } from '../http/problem.ts'
import type { Clock, Handoffs, Leads, Tokens } from '../ports.ts'
import { rootLead } from '../root-lead.ts'

interface AnswerByLinkPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
  readonly handoffs: Handoffs
  readonly answer: (handoffId: string, reply: HandoffReply) => Promise<AnswerOutcome>
  readonly tokens: Tokens
  readonly clock: Clock
  readonly playbook: Playbook
  readonly audit: Pick<AuditLog, 'add'>
  readonly newId: () => string
}

type LinkAnswer =
  | { readonly type: 'page'; readonly status: 200 | 409; readonly html: string }
  | { readonly type: 'not-found' }
  | { readonly type: 'bad-input'; readonly html: string }

/** Of a name on the page. */
const nameLimit = 80

/** A link of the email, while its holder may answer by it. */
interface OpenLink {
  readonly handoff: Handoff
  readonly team: Team | undefined
  /** It is the team lead's, not the owner's. */
  readonly isLead: boolean
  /** Which assignment the email told of, counted from 1. */
  readonly assignment: number
  /** Whom that assignment gave the handoff to. */
  readonly owner: Handoff['owner']
  /** Somebody else has the handoff now. */
  readonly isHandedOn: boolean
  /** Address of its holder. */
  readonly by: string
  readonly language: string
}

const openLink = async (
  { tokens, clock, handoffs, playbook }: AnswerByLinkPorts,
  token: string,
): Promise<OpenLink | undefined> => {
  const claims = tokens.verify('handoff', token, clock())
  const handoffId = claims?.data.handoffId
  const handoff = typeof handoffId === 'string' ? await handoffs.find(handoffId) : undefined
  if (!handoff || handoff.leadId !== claims?.leadId) return undefined
  const { settings, handoff: rules } = playbook
  const team = rules.teams[handoff.team]
  const isLead = claims.data.as === 'lead'
  const assignment = typeof claims.data.assignment === 'number' ? claims.data.assignment : 1
  const given = handoff.assignments[assignment - 1] ?? handoff
  const { owner } = given
  const holder = isLead ? team?.lead : team && memberOf(team, owner.email)
  // Whoever was taken out of the teams reads nothing of a lead any more, and answers for nobody.
  const isStillThere = isLead ? holder !== undefined : isInSales(rules.teams, owner.email)
  if (!isStillThere) return undefined
  const isHandedOn = isLead ? given.team !== handoff.team : assignment !== handoff.assignments.length
  const by = isLead ? (holder ?? owner).email : owner.email
  const language = holder?.language ?? settings.languages[0]
  return { handoff, team, isLead, assignment, owner, isHandedOn, by, language }
}

/** The pages that the holder of a link sees. */
const pagesFor = (ports: AnswerByLinkPorts, { handoff, team, owner, language }: OpenLink) => {
  const { settings, handoff: rules } = ports.playbook
  const frame = frameOf(settings, language)
  const timeZone = team?.timeZone ?? settings.timeZone
  const shown = { reasons: rules.reject, timeZone, ...(team && { team }) }
  const cardOf = (one: Handoff) => leadCardOf(ports, one, { language, timeZone })
  const page = (status: 200 | 409, html: string) => ({ type: 'page', status, html }) as const
  return {
    question: async (preferReject: boolean): Promise<string> =>
      renderQuestionPage(frame, handoff, { ...shown, lead: await cardOf(handoff), preferReject }),
    answered: async (stands: Handoff, status: 200 | 409): Promise<LinkAnswer> => {
      const isTheirs = stands.answer.state === 'accepted' && stands.owner.email === owner.email
      const lead = isTheirs && (await cardOf(stands))
      return page(status, renderAnsweredPage(frame, stands, { ...shown, ...(lead && { lead }) }))
    },
    handedOn: (stands: Handoff, status: 200 | 409): LinkAnswer =>
      page(status, renderHandedOnPage(frame, stands)),
  }
}

/**
 * The links of the handoff email: whoever holds one answers as the handoff's owner, or as the lead of the team, without
 * signing in. Whose handoff was given to somebody else sees to whom, and answers no more.
 */
const makeAnswerByLink =
  (ports: AnswerByLinkPorts) =>
  async (context: HttpContext): Promise<LinkAnswer> => {
    const { req } = context
    const link = await openLink(ports, req.param('token') ?? '')
    if (!link) return { type: 'not-found' }
    const { handoff, isHandedOn, isLead, assignment } = link
    const { question, answered, handedOn } = pagesFor(ports, link)
    const asked = () => question(req.query('answer') === 'reject')
    const isOpen = handoff.answer.state === 'requested'
    if (isOpen && isHandedOn) return handedOn(handoff, req.method === 'POST' ? 409 : 200)
    if (req.method !== 'POST')
      return isOpen ? { type: 'page', status: 200, html: await asked() } : answered(handoff, 200)
    const reply = readReply(await bodyOf(context), link.by)
    if (!reply) return { type: 'bad-input', html: await asked() }
    const outcome = await ports.answer(handoff.handoffId, isLead ? reply : { ...reply, assignment })
    switch (outcome.type) {
      case 'answered':
      // Whoever answered may have died before noting it.
      case 'repeated':
        await note(ports, outcome.handoff.handoffId, reply)
        return answered(outcome.handoff, 200)
      case 'no-longer-open':
        return answered(outcome.handoff, 409)
      case 'handed-on':
        return handedOn(outcome.handoff, 409)
      case 'unknown-reason':
        return { type: 'bad-input', html: await asked() }
      case 'unknown-handoff':
        return { type: 'not-found' }
      default:
        return outcome satisfies never
    }
  }

const note = (
  { audit, newId, clock }: AnswerByLinkPorts,
  handoffId: string,
  { by, type }: HandoffReply,
): Promise<void> =>
  audit.add({
    id: newId(),
    at: clock(),
    actor: by,
    role: 'sales',
    action: type === 'accept' ? 'handoff.accepted' : 'handoff.rejected',
    target: `handoffs/${handoffId}`,
    after: { by: 'link' },
  })

/** Whoever the lead was merged into: whom to call, and what they wrote. */
const leadCardOf = async (
  { leads, playbook }: AnswerByLinkPorts,
  { leadId }: Handoff,
  reader: Reader,
): Promise<LeadCard> => {
  const root = await rootLead(leads, leadId)
  const text = (name: string): string => {
    const value = root?.state?.attributes[name]?.value
    return typeof value === 'string' ? value.trim().slice(0, nameLimit) : ''
  }
  const name = [text('firstName'), text('lastName')].filter((part) => part !== '').join(' ')
  const forms = root ? leadAnswers(await leads.facts(root.leadId), playbook.forms, reader) : []
  return { name, company: text('company'), email: root?.email ?? '', phone: text('phone'), forms }
}

const readReply = (body: Uint8Array, by: string): HandoffReply | undefined => {
  const fields = new URLSearchParams(new TextDecoder().decode(body))
  const reason = fields.get('reason')
  const note = fields.get('note')?.trim().slice(0, noteLimit)
  if (fields.get('answer') === 'accept') return { type: 'accept', by }
  if (fields.get('answer') === 'reject' && reason)
    return { type: 'reject', by, reason, ...(note && { note }) }
  return undefined
}

/** Salespeople open these links in a browser: every answer is a page. */
const replyToAnswer = (settings: Settings, answer: LinkAnswer): Response => {
  switch (answer.type) {
    case 'page':
      return pageReply(answer.status, answer.html, settings)
    case 'bad-input':
      return pageReply(statusOf({ type: 'bad-input', errors: [] }), answer.html, settings)
    case 'not-found':
      return pageReply(
        statusOf({ type: 'not-found', detail: '' }),
        renderNotFoundPage(frameOf(settings, settings.languages[0]), 'link'),
        settings,
      )
    default:
      return answer satisfies never
  }
}

/** The links of the handoff email. */
export const answerApp = (ports: AnswerByLinkPorts): HttpApp => {
  const answerByLink = makeAnswerByLink(ports)
  const answer = async (context: HttpContext) =>
    replyToAnswer(ports.playbook.settings, await answerByLink(context))
  return makeApp().get('/h/:token', answer).post('/h/:token', answer)
}
