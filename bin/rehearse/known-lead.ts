import { z } from 'zod'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import { type Moment, momentAfter } from '../../domain/rehearsal/moment.ts'
import { type PlannedDeed, type Rehearsal, usualLength } from '../../domain/rehearsal/rehearsal.ts'
import { unanswered } from '../unanswered.ts'

export interface KnownLeadOptions {
  /** Address or id. */
  readonly lead: string
  readonly url: string
  readonly token: string
  readonly until?: Moment
  /** RFC 3339 UTC: where the system has no clock of its own. */
  readonly now: string
}

const leads = z.object({ items: z.array(z.object({ leadId: z.string() })) })
const leadShape = z.object({
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  email: z.string().nullable(),
})
const page = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      occurredAt: z.string(),
      recordedAt: z.string().nullish(),
      properties: z.record(z.string(), z.json()),
    }),
  ),
  next: z.string().optional(),
})
const clock = z.object({ now: z.string() })
type Known = z.infer<typeof page>['items'][number]

/** When it came in, as far as the system says. */
const cameIn = ({ occurredAt, recordedAt }: Known): string =>
  recordedAt && recordedAt > occurredAt ? recordedAt : occurredAt

/** Merging is not done again: what merged leads did stands in the timeline already. */
const familyTypes = ['lead.merged', 'lead.unmerged']

const plan = (known: Known): readonly PlannedDeed[] => {
  const { id, type: activity, occurredAt, properties } = known
  if (familyTypes.includes(activity)) return []
  const at = cameIn(known)
  const fact: PlannedDeed = {
    at,
    deed: { type: 'activity', activity, properties, known: { id, occurredAt } },
  }
  if (activity === 'handoff.accepted') return [{ at, deed: { type: 'accept' } }, fact]
  const { reason } = properties
  if (activity === 'handoff.rejected' && typeof reason === 'string')
    return [{ at, deed: { type: 'reject', reason } }, fact]
  return [fact]
}

/** A lead of a running system as a rehearsal: its activities as they came, and then the time from now on. @throws with a message for people when the system does not answer, or knows no such lead. */
export const rehearsalOfLead = async (options: KnownLeadOptions): Promise<Rehearsal> => {
  const { lead, url, token, until } = options
  const ask = async <Shape>(path: string, shape: z.ZodType<Shape>): Promise<Shape | undefined> => {
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(new URL(path, url), { headers }).catch((error: unknown) => {
      throw unanswered(url, error)
    })
    if (response.status === 404) return undefined
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`)
    return shape.parse(await response.json())
  }

  const found = lead.includes('@')
    ? (await ask(`/api/leads?email=${encodeURIComponent(lead)}`, leads))?.items[0]?.leadId
    : lead
  const path = `/api/leads/${encodeURIComponent(found ?? '')}`
  const shown = found === undefined ? undefined : await ask(path, leadShape)
  if (!shown) throw new Error(`${url} knows no lead ${lead}`)

  const timeline: Known[] = []
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const answer = await ask(`${path}/timeline?limit=100${query}`, page)
    timeline.push(...(answer?.items ?? []))
    cursor = answer?.next
  }
  const now = (await ask('/_local/clock', clock).catch(() => undefined))?.now ?? options.now
  const deeds = timeline
    .reverse()
    .flatMap(plan)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  return {
    subject: shown.email === null ? { visitorId: 'rehearsed' } : { email: shown.email },
    leadId: shown.leadId,
    start: deeds[0]?.at ?? now,
    until: momentAfter(now, until ?? { after: usualLength }),
    deeds,
    mailReportsFrom: now,
  }
}
