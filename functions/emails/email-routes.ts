import * as z from 'zod/mini'
import { parseAddress } from '../../domain/activity/subject.ts'
import { purposeOf } from '../../domain/email/judge-send.ts'
import type { Previewed } from '../../domain/email/preview-email.ts'
import { isConfirmation, isSalesEmail } from '../../domain/model/built-in-names.ts'
import type { EmailTemplate, Playbook } from '../../domain/model/playbook.ts'
import { isError } from '../../domain/playbook/fault.ts'
import { type Broadcast, sequenceOfBroadcast } from '../../domain/sending/broadcast.ts'
import { type EmailFigure, figureOf } from '../../domain/sending/email-figures.ts'
import { usesOf } from '../../domain/step/step-kinds.ts'
import {
  type ApiRequest,
  type ApiResult,
  type Caller,
  everyone,
  marketers,
  oneOf,
  shortText,
  type Texts,
} from '../api/api-request.ts'
import { get, post } from '../api/api-route.ts'
import type { Broadcasts } from '../broadcast-ports.ts'
import { type CheckDraftPorts, faultErrors, makeCheckDraft } from '../playbook/check-draft.ts'
import { noDraft } from '../playbook/draft-files.ts'
import type { PlaybookStore } from '../playbook-ports.ts'
import type { Clock, Playbooks } from '../ports.ts'
import type { EmailFigures, RequestTestEmail, Seal } from '../send-ports.ts'
import type { FindPreviewPorts } from './find-preview.ts'
import { makeFindPreview } from './find-preview.ts'

/** Why there is no preview, as the API tells it. */
const refusalOf = (
  refused: Exclude<Previewed, { type: 'previewed' }> | { readonly type: 'unknown-lead' },
): ApiResult => {
  switch (refused.type) {
    case 'unknown-email':
      return { type: 'not-found', detail: 'The playbook has no such email.' }
    case 'unknown-language':
      return {
        type: 'bad-input',
        errors: [{ path: 'language', message: `must be one of: ${refused.languages.join(', ')}` }],
      }
    case 'unknown-lead':
      return { type: 'bad-input', errors: [{ path: 'lead', message: 'is not a known lead' }] }
    case 'unrenderable':
      return { type: 'bad-input', errors: [{ path: 'email', message: refused.reason }] }
    default:
      return refused satisfies never
  }
}

interface PreviewPorts extends CheckDraftPorts, FindPreviewPorts {
  readonly emailFigures: Pick<EmailFigures, 'ofSequence' | 'ofEmail'>
  readonly broadcasts: Pick<Broadcasts, 'page'>
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly store: Pick<PlaybookStore, 'draft' | 'live'>
}

const draftQuery = { draft: oneOf(['true', 'false']) }
const listQuery = z.object(draftQuery)
const previewQuery = z.object({
  ...draftQuery,
  lead: shortText(320),
  language: shortText(35),
  lang: shortText(35),
})

type Found = { readonly type: 'playbook'; readonly playbook: Playbook } | ApiResult

const makeFindPlaybook = (ports: PreviewPorts) => {
  const checkDraft = makeCheckDraft(ports)
  return async (draft: string | undefined): Promise<Found> => {
    if (draft !== 'true') return { type: 'playbook', playbook: await ports.playbooks.current() }
    const [saved, live] = await Promise.all([ports.store.draft(), ports.store.live()])
    if (!saved) return noDraft
    const { playbook, faults } = await checkDraft(saved.files, live)
    return playbook
      ? { type: 'playbook', playbook }
      : { type: 'bad-input', errors: faultErrors(faults.filter(isError)) }
  }
}

type EmailUser =
  | { readonly sequence: string }
  | { readonly system: 'confirmation' | 'handoff' }
  | BroadcastName

interface BroadcastName {
  readonly broadcast: string
  readonly name: string
}

/** What asks for an email: sequences, and the system itself for a confirmation or a handoff. */
const usersOf = ({ sequences }: Playbook, email: string): readonly EmailUser[] => [
  ...Object.values(sequences)
    .filter(({ program }) => program.some((step) => usesOf(step).emails?.includes(email)))
    .map(({ id }) => ({ sequence: id })),
  ...(isConfirmation(email) ? ([{ system: 'confirmation' }] as const) : []),
  ...(isSalesEmail(email) ? ([{ system: 'handoff' }] as const) : []),
]

/** Names what no sequence asked for. */
const noSequence = '-'

/** What became of an email for one who asked for it. */
interface Told<Asker> {
  readonly email: string
  readonly by: Asker
  readonly figures: EmailFigure
}

interface AskingSequence {
  /** Absent: no sequence asked for it. */
  readonly sequence?: string
}

/** Of each sequence of the live playbook, and of what none asked for: a few requests for each, however many were sent. */
const toldBySequences = async ({
  emailFigures,
  playbooks,
}: PreviewPorts): Promise<readonly Told<AskingSequence>[]> => {
  const { sequences } = await playbooks.current()
  const told = await Promise.all(
    [...Object.keys(sequences), noSequence].map(async (sequence) =>
      [...(await emailFigures.ofSequence(sequence))].map(([email, figures]) => ({
        email,
        by: sequence === noSequence ? {} : { sequence },
        figures,
      })),
    ),
  )
  return told.flat()
}

const startedBroadcasts = async ({ broadcasts }: PreviewPorts): Promise<readonly Broadcast[]> => {
  const started: Broadcast[] = []
  let cursor: string | undefined
  do {
    const page = await broadcasts.page({ limit: 100, ...(cursor !== undefined && { cursor }) })
    started.push(...page.items.filter(({ startedAt }) => startedAt !== undefined))
    cursor = page.next
  } while (cursor !== undefined)
  return started
}

const toldByBroadcasts = async (ports: PreviewPorts): Promise<readonly Told<BroadcastName>[]> =>
  Promise.all(
    (await startedBroadcasts(ports)).map(async ({ broadcastId, name, email }) => ({
      email,
      by: { broadcast: broadcastId, name },
      figures: await ports.emailFigures.ofEmail({ email, sequence: sequenceOfBroadcast(broadcastId) }),
    })),
  )

interface ToldOfEmails {
  readonly bySequence: readonly Told<AskingSequence>[]
  readonly byBroadcast: readonly Told<BroadcastName>[]
}

const toldOfEmails = async (ports: PreviewPorts): Promise<ToldOfEmails> => {
  const [bySequence, byBroadcast] = await Promise.all([toldBySequences(ports), toldByBroadcasts(ports)])
  return { bySequence, byBroadcast }
}

const toldOf = ({ bySequence, byBroadcast }: ToldOfEmails, email: string): ToldOfEmails => ({
  bySequence: bySequence.filter((told) => told.email === email),
  byBroadcast: byBroadcast.filter((told) => told.email === email),
})

/** An email of the playbook as the API lists it. */
export interface EmailRow {
  readonly email: string
  readonly kind: EmailTemplate['kind'] | undefined
  /** What its readers have to have agreed to; null: anything will do, or nothing is needed. */
  readonly purpose: string | null
  readonly languages: readonly string[]
  /** By language, with Liquid left in place. */
  readonly subject: Readonly<Record<string, string>>
  readonly usedIn: readonly EmailUser[]
  readonly figures: EmailFigure
}

const isMarketing = (versions: Readonly<Record<string, EmailTemplate>>): boolean =>
  Object.values(versions)[0]?.kind === 'marketing'

const rowOf = (
  playbook: Playbook,
  email: string,
  versions: Readonly<Record<string, EmailTemplate>>,
  { bySequence, byBroadcast }: ToldOfEmails,
): EmailRow => ({
  email,
  kind: Object.values(versions)[0]?.kind,
  purpose: isMarketing(versions) ? (purposeOf(versions, playbook.settings) ?? null) : null,
  languages: Object.keys(versions),
  subject: Object.fromEntries(Object.entries(versions).map(([language, { subject }]) => [language, subject])),
  usedIn: [...usersOf(playbook, email), ...byBroadcast.map(({ by }) => by)],
  figures: figureOf([...bySequence, ...byBroadcast].map(({ figures }) => figures)),
})

/** `GET /api/emails`: every email with its languages, subjects (Liquid left in place), where it is used, and what became of it; `?draft=true` those of the draft. */
const makeListEmails = (ports: PreviewPorts) => {
  const findPlaybook = makeFindPlaybook(ports)
  return async ({ query }: ApiRequest<z.infer<typeof listQuery>>): Promise<ApiResult> => {
    const found = await findPlaybook(query.draft)
    if (found.type !== 'playbook') return found
    const told = await toldOfEmails(ports)
    const items = Object.entries(found.playbook.emails).map(([email, versions]) =>
      rowOf(found.playbook, email, versions, toldOf(told, email)),
    )
    return { type: 'ok', body: { items } }
  }
}

/** One of them, with its figures by who asked for it. */
export interface EmailDetail extends EmailRow {
  readonly bySequence: readonly (AskingSequence & { readonly figures: EmailFigure })[]
  readonly byBroadcast: readonly (BroadcastName & { readonly figures: EmailFigure })[]
}

/** `GET /api/emails/{email}`: as in the list, and what became of it by the sequence or broadcast that asked for it. */
const makeShowEmail = (ports: PreviewPorts) => {
  const findPlaybook = makeFindPlaybook(ports)
  return async ({ params, query }: ApiRequest<z.infer<typeof listQuery>>): Promise<ApiResult> => {
    const found = await findPlaybook(query.draft)
    if (found.type !== 'playbook') return found
    const { email = '' } = params
    const { emails } = found.playbook
    const versions = Object.hasOwn(emails, email) ? emails[email] : undefined
    if (!versions) return refusalOf({ type: 'unknown-email' })
    const told = toldOf(await toldOfEmails(ports), email)
    const body: EmailDetail = {
      ...rowOf(found.playbook, email, versions, told),
      bySequence: told.bySequence.map(({ by, figures }) => ({ ...by, figures })),
      byBroadcast: told.byBroadcast.map(({ by, figures }) => ({ ...by, figures })),
    }
    return { type: 'ok', body }
  }
}

/** `GET /api/emails/{email}/preview?lead=&lang=&draft=`: as it would go out now, the email itself to a browser; nothing is sent and no link works. `lead`: id or address. */
const makePreviewRoute = (ports: PreviewPorts) => {
  const findPlaybook = makeFindPlaybook(ports)
  const findPreview = makeFindPreview(ports)
  return async ({ params, query }: ApiRequest<z.infer<typeof previewQuery>>): Promise<ApiResult> => {
    const { draft, lead, lang, language = lang } = query
    const found = await findPlaybook(draft)
    if (found.type !== 'playbook') return found
    const previewed = await findPreview(found.playbook, { email: params.email ?? '', lead, language })
    if (previewed.type !== 'previewed') return refusalOf(previewed)
    const { type: _, leadId: _leadId, missing, ...preview } = previewed
    return {
      type: 'ok',
      body: { ...preview, ...(missing.length > 0 && { missing }) },
      document: preview.html,
    }
  }
}

/** Nobody compares more versions than this in the time (ms). */
const most = 20
const within = 10 * 60_000

/** Whether `who` may have one more test email at `now` (RFC 3339). Kept by the container: a limit on mistakes, not on attacks. */
const testAllowance = (): ((who: string, now: string) => boolean) => {
  const granted = new Map<string, readonly number[]>()
  return (who, now) => {
    const time = Date.parse(now)
    const recent = (granted.get(who) ?? []).filter((at) => at > time - within)
    const isAllowed = recent.length < most
    granted.set(who, isAllowed ? [...recent, time] : recent)
    return isAllowed
  }
}

interface TestEmailPorts extends FindPreviewPorts {
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly requestTest: RequestTestEmail
  readonly seal: Pick<Seal, 'seal'>
  readonly clock: Clock
}

const bodySchema = z.object({
  to: z.optional(z.string('must be an address').check(z.maxLength(254, 'must be an address'))),
  lead: shortText(320),
  language: shortText(35),
})

/** Whoever works with the system: the caller, the sender and the sales teams. Nobody is written to by way of a test. */
const colleagues = ({ settings, handoff }: Playbook, caller: Caller): readonly (string | undefined)[] =>
  [
    caller.email,
    settings.sender.email,
    settings.sender.replyTo,
    ...Object.values(handoff.teams).flatMap(({ lead, members }) =>
      [lead, ...members].map((person) => person?.email),
    ),
  ].map((address) => parseAddress(address))

const refuse = (path: string, message: string): ApiResult => ({
  type: 'bad-input',
  errors: [{ path, message }],
})

/** `POST /api/emails/{email}/test { to?, lead?, language? }`: one email, marked as a test, to whoever asks or to a colleague. It counts nowhere. */
const makeTestRoute = (ports: TestEmailPorts) => {
  const findPreview = makeFindPreview(ports)
  const isAllowed = testAllowance()
  return async ({
    params,
    body,
    caller,
  }: ApiRequest<Texts, z.infer<typeof bodySchema>>): Promise<ApiResult> => {
    const { lead, language } = body
    const playbook = await ports.playbooks.current()
    const wanted = body.to ?? caller.email
    if (wanted === undefined) return refuse('to', 'must be given: your sign-in has no address of yours')
    const to = parseAddress(wanted)
    if (to === undefined) return refuse('to', 'must be an address')
    if (!colleagues(playbook, caller).includes(to))
      return refuse('to', 'must be your own address, or one of the sender or of a sales team')
    const previewed = await findPreview(playbook, { email: params.email ?? '', lead, language })
    if (previewed.type !== 'previewed') return refusalOf(previewed)
    const { email, missing } = previewed
    if (missing.length > 0)
      return refuse('lead', `has no value for ${missing.join(', ')}: nothing would be sent`)
    if (!isAllowed(caller.email ?? caller.name, ports.clock())) return { type: 'too-many', retryAfter: 600 }
    const { leadId } = previewed
    await ports.requestTest({
      email,
      language: previewed.language,
      to: ports.seal.seal(to),
      ...(leadId && { leadId }),
    })
    return { type: 'accepted', body: { status: 'requested', language: previewed.language } }
  }
}

/** The part of the console API that shows emails. */
export const emailRoutes = [
  get('/api/emails', { roles: everyone, query: listQuery }, makeListEmails),
  get('/api/emails/:email', { roles: everyone, query: listQuery }, makeShowEmail),
  get('/api/emails/:email/preview', { roles: everyone, query: previewQuery }, makePreviewRoute),
  post(
    '/api/emails/:email/test',
    { roles: marketers, body: bodySchema, action: 'email.tested' },
    makeTestRoute,
  ),
]
