import * as z from 'zod/mini'
import type { Activity } from '../../domain/activity/activity.ts'
import type { FieldError } from '../../domain/field-error.ts'
import { parseLeadId } from '../../domain/lead/lead-id.ts'
import type { Bus, Clock, Lead, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'
import { inputErrors } from './paging.ts'

export interface MergeLeadsPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly bus: Pick<Bus, 'submit'>
  readonly clock: Clock
  /** A fresh id for the activity. */
  readonly newId: () => string
}

type Change = 'lead.merged' | 'lead.unmerged'

const wanted = 'must be the id of a lead'
const body = z.object({ leadId: z.string(wanted) }, 'must be a JSON object { leadId }')

const noSuchLead: ApiResult = { type: 'not-found', detail: 'There is no lead with this id.' }
const bad = (message: string): { readonly type: 'bad-input'; readonly errors: readonly FieldError[] } => ({
  type: 'bad-input',
  errors: [{ path: 'leadId', message }],
})

const makeChange =
  (type: Change, conflictOf: (leads: Pick<Leads, 'load'>, lead: Lead, other: Lead) => Promise<Conflicting>) =>
  (ports: MergeLeadsPorts) =>
  async ({ params, body: given }: ApiRequest): Promise<ApiResult> => {
    const parsed = body.safeParse(given)
    if (!parsed.success) return { type: 'bad-input', errors: inputErrors(parsed.error) }
    const [leadId, otherId] = [parseLeadId(params.leadId), parseLeadId(parsed.data.leadId)]
    if (otherId === undefined) return bad(wanted)
    if (leadId === otherId) return bad('must be another lead than the one of the path')
    const [lead, other] = await Promise.all([leadId && ports.leads.load(leadId), ports.leads.load(otherId)])
    if (!lead) return noSuchLead
    if (!other) return { type: 'not-found', detail: `There is no lead with the id ${otherId}.` }
    const conflict = await conflictOf(ports.leads, lead, other)
    if (conflict) return { type: 'conflict', ...conflict }
    const activity: Activity = {
      id: ports.newId(),
      type,
      subject: { leadId: lead.leadId },
      occurredAt: ports.clock(),
      properties: { leadId: otherId },
      timeAssumed: false,
    }
    await ports.bus.submit([activity])
    const change = { after: { leadId: otherId } }
    return { type: 'accepted', body: { status: 'accepted', id: activity.id }, change }
  }

type Conflicting =
  | { readonly detail: string; readonly current: { readonly mergedInto: string | null } }
  | undefined

/** Into a lead that stands for itself, from one that does. Whoever asks at the same moment may still be first: then nothing happens. */
export const makeMergeRoute = makeChange('lead.merged', async (leads, lead, other) => {
  for (const one of [other, lead])
    if (one.mergedInto !== undefined) {
      const mergedInto = (await rootLead(leads, one.leadId))?.leadId ?? one.mergedInto
      return { detail: `${one.leadId} is already merged into ${mergedInto}.`, current: { mergedInto } }
    }
  return undefined
})

/** Takes a merge back, by the lead that the other was merged into. */
export const makeUnmergeRoute = makeChange('lead.unmerged', async (_leads, lead, other) => {
  const mergedInto = other.mergedInto ?? null
  if (mergedInto === lead.leadId) return undefined
  const where = mergedInto === null ? 'merged into no lead' : `merged into ${mergedInto}`
  return { detail: `${other.leadId} is ${where}.`, current: { mergedInto } }
})
