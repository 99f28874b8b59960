import * as z from 'zod/mini'
import { summariseLead } from '../../domain/lead/lead-summary.ts'
import type { Playbook, Segment } from '../../domain/model/playbook.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { audienceVerdicts } from '../../domain/sending/audience.ts'
import {
  type ApiRequest,
  type ApiResult,
  everyone,
  marketers,
  notOurs,
  pageQuery,
  shortText,
  type Texts,
  toCursor,
} from '../api/api-request.ts'
import { get, post } from '../api/api-route.ts'
import { placeIn, placeText } from '../lane-place.ts'
import {
  type AudienceCount,
  type CountAudiencePorts,
  makeCountAudience,
  readWhere,
} from './count-audience.ts'
import { findMembers } from './find-members.ts'

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

/** A condition and the purpose to judge by, or all that is wrong with them. */
const readQuestion = (where: string, given: string | undefined, rules: Rules) => {
  const read = readWhere(where, rules)
  const purpose = readPurpose(given, rules.playbook)
  return 'errors' in read || 'errors' in purpose
    ? { errors: [read, purpose].flatMap((one) => ('errors' in one ? one.errors : [])) }
    : { where, ...read, ...purpose }
}

const makePreview = (ports: CountAudiencePorts) => {
  const count = makeCountAudience(ports)
  return async (where: string, given: string | undefined): Promise<Counted> => {
    const question = readQuestion(where, given, ports.rules)
    if ('errors' in question) return { type: 'bad-input', errors: question.errors }
    const { purpose = null, warnings } = question
    return { type: 'ok', body: { purpose, ...viewCount(await count(question), ports), warnings } }
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

const conditionText = z
  .string('must be a condition')
  .check(z.minLength(1, 'must be a condition'), z.maxLength(4_000, 'must have at most 4000 characters'))

const previewBody = z.object({ where: conditionText, purpose: shortText(128) })

const makePreviewRoute = (ports: CountAudiencePorts) => {
  const preview = makePreview(ports)
  return ({ body: { where, purpose } }: ApiRequest<Texts, z.infer<typeof previewBody>>): Promise<ApiResult> =>
    preview(where, purpose)
}

const membersQuery = z.extend(pageQuery, {
  where: conditionText,
  purpose: shortText(128),
  verdict: z.enum(audienceVerdicts, `must be one of: ${audienceVerdicts.join(', ')}`),
})

/** People behind a number of a preview: those for whom the condition holds, and of whom the sender would say so. */
const makeListMembers =
  (ports: CountAudiencePorts) =>
  async ({ query }: ApiRequest<z.infer<typeof membersQuery>>): Promise<ApiResult> => {
    const question = readQuestion(query.where, query.purpose, ports.rules)
    const from = placeIn(query.cursor, ports.lanes)
    const errors = [
      ...('errors' in question ? question.errors : []),
      ...(from ? [] : [{ path: 'cursor', message: notOurs }]),
    ]
    if ('errors' in question || !from) return { type: 'bad-input', errors }
    const { found, next } = await findMembers(ports, { ...query, ...question }, from)
    const items = found.map((lead) => summariseLead(lead, ports.rules, ports.clock()))
    return { type: 'ok', body: { items, ...(next && { next: toCursor(placeText(next)) }) } }
  }

export const segmentRoutes = [
  get('/api/segments', { roles: everyone }, makeListSegments),
  get('/api/audience', { roles: everyone, query: membersQuery }, makeListMembers),
  get('/api/segments/:id', { roles: everyone, query: purposeQuery }, makeShowSegment),
  post('/api/segments/preview', { roles: marketers, body: previewBody, action: undefined }, makePreviewRoute),
]
