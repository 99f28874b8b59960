import type { Activity } from '../../domain/activity/activity.ts'
import { addressMisfit } from '../../domain/activity/address-field.ts'
import { asTold, isByAdmin, isRefusal } from '../../domain/activity/evidence.ts'
import { identityRules } from '../../domain/activity/identity-key.ts'
import { whyNotByHand } from '../../domain/activity/own-types.ts'
import { parseActivity } from '../../domain/activity/parse-activity.ts'
import type { FieldError } from '../../domain/field-error.ts'
import { parseLeadId } from '../../domain/lead/lead-id.ts'
import { asByHand } from '../../domain/sales/deal-activity.ts'
import type { Bus, Clock, Lead, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'
import type { Caller } from './caller.ts'
import { type CheckDealPorts, makeCheckDeal } from './check-deal.ts'

export interface RecordByHandPorts extends CheckDealPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
  readonly bus: Bus
  readonly clock: Clock
  /** A fresh id for an activity that came without one. */
  readonly newId: () => string
}

const byHand = (activity: Activity, { name, roles }: Caller): Activity =>
  asTold(asByHand(activity), { type: 'by-hand', by: name, isAdmin: roles.includes('admin') })

const refusal = (path: string, message: string): ApiResult => ({
  type: 'bad-input',
  errors: [{ path, message }],
})

const voidedBy = ({ type, properties }: Activity): string | undefined =>
  type === 'activity.voided' && typeof properties.activityId === 'string' ? properties.activityId : undefined

/** What nobody but an admin takes back, and an id that another fact has: its earlier time would take that one's place. */
const misfitOf = async (
  { leads }: Pick<RecordByHandPorts, 'leads'>,
  { leadId }: Lead,
  activity: Activity,
  isNew: boolean,
): Promise<ApiResult | undefined> => {
  const isVoiding = activity.type === 'activity.voided'
  const facts = isNew && !isVoiding ? [] : await leads.facts(leadId)
  const standing = facts.find(({ id }) => id === activity.id)
  if (standing && (standing.type !== activity.type || isRefusal(standing)))
    return refusal('id', 'is the id of another activity of this lead')
  if (!isVoiding || isByAdmin(activity)) return undefined
  const voided = facts.find(({ id }) => id === activity.properties.activityId)
  return voided && isRefusal(voided)
    ? {
        type: 'forbidden',
        detail: 'What a person or their mail provider has said is taken back by an admin alone.',
      }
    : undefined
}

/**
 * Sales logs a call, a proposal, a win, or takes a fact back (`activity.voided`): an activity like any other, about the
 * lead of the path, that says who logged it. What would leave its deal where it is, a program may send; a person hears of
 * it. `deal.opened` always opens a further deal.
 */
export const makeRecordByHand = (ports: RecordByHandPorts) => {
  const checkDeal = makeCheckDeal(ports)
  const read = (body: object, lead: Lead, caller: Caller): Activity | readonly FieldError[] => {
    const parsed = parseActivity({ ...body, subject: { leadId: lead.leadId } }, ports.clock(), ports.newId())
    if (parsed.type === 'refused') return parsed.errors
    const own = whyNotByHand(parsed.activity.type)
    if (own !== undefined) return [{ path: 'type', message: own }]
    const misfit = addressMisfit(
      parsed.activity,
      identityRules(ports.rules.playbook.settings.identity),
      lead.email,
    )
    if (misfit) return [misfit]
    return byHand(parsed.activity, caller)
  }
  return async ({ params, body, caller }: ApiRequest): Promise<ApiResult> => {
    const leadId = parseLeadId(params.leadId)
    const lead = leadId && (await ports.leads.load(leadId))
    const root = lead && (await rootLead(ports.leads, lead.leadId))
    if (!lead || !root) return { type: 'not-found', detail: 'There is no lead with this id.' }
    if (typeof body !== 'object' || body === null) return refusal('', 'must be a JSON object')
    const activity = read(body, lead, caller)
    if (!('id' in activity)) return { type: 'bad-input', errors: activity }
    const isNew = !('id' in body)
    const misfit =
      (await misfitOf(ports, root, activity, isNew)) ?? (await checkDeal(root, lead.leadId, activity))
    if (misfit) return misfit
    await ports.bus.submit([activity])
    return {
      type: 'accepted',
      body: { status: 'accepted', id: activity.id },
      change: { after: { type: activity.type, activityId: voidedBy(activity) ?? activity.id } },
    }
  }
}
