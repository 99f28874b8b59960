import * as z from 'zod/mini'
import { isConfirmation, isSalesEmail } from '../../domain/playbook/built-in-names.ts'
import { isError } from '../../domain/playbook/fault.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { type EmailFigure, figureOf } from '../../domain/sending/email-figures.ts'
import type { ApiRequest, ApiResult } from '../api/api-request.ts'
import { inputErrors, oneOf, shortText } from '../api/paging.ts'
import { type CheckDraftPorts, makeCheckDraft } from '../playbook/check-draft.ts'
import { noDraft } from '../playbook/edit-playbook.ts'
import { faultErrors } from '../playbook/publish-draft.ts'
import type { PlaybookStore } from '../playbook-ports.ts'
import type { Playbooks } from '../ports.ts'
import type { EmailFigures } from '../send-ports.ts'
import { type FindPreviewPorts, makeFindPreview } from './find-preview.ts'
import { refusalOf } from './preview-refusal.ts'

export interface PreviewPorts extends CheckDraftPorts, FindPreviewPorts {
  readonly emailFigures: Pick<EmailFigures, 'ofSequence'>
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

/** What asks for an email: sequences, and the system itself for a confirmation or a handoff. */
const usesOf = ({ sequences }: Playbook, email: string): readonly object[] => [
  ...Object.values(sequences)
    .filter(({ program }) => program.some((step) => step.type === 'email' && step.email === email))
    .map(({ id }) => ({ sequence: id })),
  ...(isConfirmation(email) ? [{ system: 'confirmation' }] : []),
  ...(isSalesEmail(email) ? [{ system: 'handoff' }] : []),
]

/** By email, over all sequences of the live playbook and what none asked for: a few requests for each, however many were sent. */
const figuresOf = async (
  { emailFigures }: PreviewPorts,
  { sequences }: Playbook,
): Promise<(email: string) => EmailFigure> => {
  const all = await Promise.all([...Object.keys(sequences), '-'].map(emailFigures.ofSequence))
  return (email) => figureOf(all.flatMap((figures) => figures.get(email) ?? []))
}

/** `GET /api/emails`: every email with its languages, subjects (Liquid left in place), where it is used, and what became of it; `?draft=true` those of the draft. */
export const makeListEmails = (ports: PreviewPorts) => {
  const findPlaybook = makeFindPlaybook(ports)
  return async ({ query }: ApiRequest): Promise<ApiResult> => {
    const parsed = listQuery.safeParse(query)
    if (!parsed.success) return { type: 'bad-input', errors: inputErrors(parsed.error) }
    const found = await findPlaybook(parsed.data.draft)
    if (found.type !== 'playbook') return found
    const figures = await figuresOf(ports, await ports.playbooks.current())
    const items = Object.entries(found.playbook.emails).map(([email, versions]) => ({
      email,
      kind: Object.values(versions)[0]?.kind,
      languages: Object.keys(versions),
      subject: Object.fromEntries(
        Object.entries(versions).map(([language, { subject }]) => [language, subject]),
      ),
      usedIn: usesOf(found.playbook, email),
      figures: figures(email),
    }))
    return { type: 'ok', body: { items } }
  }
}

/** `GET /api/emails/{email}/preview?lead=&lang=&draft=`: as it would go out now, the email itself to a browser; nothing is sent and no link works. `lead`: id or address. */
export const makePreviewRoute = (ports: PreviewPorts) => {
  const findPlaybook = makeFindPlaybook(ports)
  const findPreview = makeFindPreview(ports)
  return async ({ params, query }: ApiRequest): Promise<ApiResult> => {
    const parsed = previewQuery.safeParse(query)
    if (!parsed.success) return { type: 'bad-input', errors: inputErrors(parsed.error) }
    const { draft, lead, lang, language = lang } = parsed.data
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
