import * as z from 'zod/mini'
import { parseAddress } from '../../domain/activity/normalise-address.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { ApiRequest, ApiResult } from '../api/api-request.ts'
import type { Caller } from '../api/caller.ts'
import { inputErrors, shortText } from '../api/paging.ts'
import type { RequestTestEmail, Seal } from '../email-ports.ts'
import type { Clock, Playbooks } from '../ports.ts'
import { type FindPreviewPorts, makeFindPreview } from './find-preview.ts'
import { refusalOf } from './preview-refusal.ts'
import { testAllowance } from './test-allowance.ts'

export interface TestEmailPorts extends FindPreviewPorts {
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
export const makeTestRoute = (ports: TestEmailPorts) => {
  const findPreview = makeFindPreview(ports)
  const isAllowed = testAllowance()
  return async ({ params, body, caller }: ApiRequest): Promise<ApiResult> => {
    const parsed = bodySchema.safeParse(body ?? {})
    if (!parsed.success) return { type: 'bad-input', errors: inputErrors(parsed.error) }
    const { lead, language } = parsed.data
    const playbook = await ports.playbooks.current()
    const wanted = parsed.data.to ?? caller.email
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
