import * as z from 'zod/mini'
import { summariseLead } from '../../domain/lead/lead-summary.ts'
import type { Playbook, Segment } from '../../domain/model/playbook.ts'
import {
  type ApiRequest,
  type ApiResult,
  everyone,
  marketers,
  shortText,
  type Texts,
} from '../api/api-request.ts'
import { get, post } from '../api/api-route.ts'
import {
  type AudienceCount,
  type CountAudiencePorts,
  makeCountAudience,
  readWhere,
} from './count-audience.ts'

const usedIn = ({ sequences }: Playbook, id: string): readonly string[] =>
  Object.values(sequences).flatMap((sequence) =>
    'segment' in sequence.enter && sequence.enter.segment === id ? [sequence.id] : [],
  )

const viewSegment = (playbook: Playbook, { id, name, where }: Segment) => ({
  segment: id,
  name,
  where,
  sequences: usedIn(playbook, id),
})

/** The segments of the live playbook, by id. */
export const segmentOf = ({ segments = {} }: Playbook, id: string): Segment | undefined =>
  Object.hasOwn(segments, id) ? segments[id] : undefined

const viewCount = ({ sample, ...count }: AudienceCount, { rules, clock }: CountAudiencePorts) => ({
  ...count,
  sample: sample.map((lead) => summariseLead(lead, rules, clock())),
})

const makeListSegments =
  ({ rules: { playbook } }: Pick<CountAudiencePorts, 'rules'>) =>
  async (): Promise<ApiResult> => ({
    type: 'ok',
    body: { items: Object.values(playbook.segments ?? {}).map((one) => viewSegment(playbook, one)) },
  })

const purposeQuery = z.object({ purpose: shortText(128) })

/** @returns the purpose that counts: the one asked for, or the first of the settings; an error for one that is not there. */
const readPurpose = (purpose: string | undefined, { settings: { purposes = {} } }: Playbook) => {
  const known = Object.keys(purposes)
  if (purpose === undefined) return { purpose: known[0] }
  if (known.length === 0 || known.includes(purpose)) return { purpose }
  return { errors: [{ path: 'purpose', message: `must be one of: ${known.join(', ')}` }] }
}

type Counted = { readonly type: 'ok'; readonly body: object } | (ApiResult & { type: 'bad-input' })

const makePreview = (ports: CountAudiencePorts) => {
  const count = makeCountAudience(ports)
  return async (where: string, given: string | undefined): Promise<Counted> => {
    const read = readWhere(where, ports.rules)
    const purpose = readPurpose(given, ports.rules.playbook)
    if ('errors' in read || 'errors' in purpose)
      return {
        type: 'bad-input',
        errors: [read, purpose].flatMap((one) => ('errors' in one ? one.errors : [])),
      }
    const { condition, warnings } = read
    const counted = viewCount(await count({ where, condition, purpose: purpose.purpose }), ports)
    return { type: 'ok', body: { purpose: purpose.purpose ?? null, ...counted, warnings } }
  }
}

const makeShowSegment = (ports: CountAudiencePorts) => {
  const preview = makePreview(ports)
  const { playbook } = ports.rules
  return async ({
    params: { id = '' },
    query: { purpose },
  }: ApiRequest<z.infer<typeof purposeQuery>>): Promise<ApiResult> => {
    const segment = segmentOf(playbook, id)
    if (!segment) return { type: 'not-found', detail: 'There is no such segment in the live playbook.' }
    const counted = await preview(segment.where, purpose)
    return counted.type === 'ok'
      ? { type: 'ok', body: { ...viewSegment(playbook, segment), ...counted.body } }
      : counted
  }
}

const previewBody = z.object({
  where: z
    .string('must be a condition')
    .check(z.minLength(1, 'must be a condition'), z.maxLength(4_000, 'must have at most 4000 characters')),
  purpose: shortText(128),
})

const makePreviewRoute = (ports: CountAudiencePorts) => {
  const preview = makePreview(ports)
  return ({ body: { where, purpose } }: ApiRequest<Texts, z.infer<typeof previewBody>>): Promise<ApiResult> =>
    preview(where, purpose)
}

export const segmentRoutes = [
  get('/api/segments', { roles: everyone }, makeListSegments),
  get('/api/segments/:id', { roles: everyone, query: purposeQuery }, makeShowSegment),
  post('/api/segments/preview', { roles: marketers, body: previewBody, action: undefined }, makePreviewRoute),
]
