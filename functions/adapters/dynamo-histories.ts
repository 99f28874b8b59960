import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { History, KpiSend } from '../../domain/kpi/row.ts'
import { membersOf } from '../../domain/lead/log.ts'
import type { Fact, LeadId } from '../../domain/model/activity.ts'
import type { Run } from '../../domain/sequence/run.ts'
import type { Costs, ReadHistory } from '../figures-ports.ts'
import type { Lead } from '../ports.ts'
import type { Send } from '../send-ports.ts'
import { partitions, sorts } from '../table-schema.ts'
import { isListed } from './dynamo-directory.ts'
import { handoffOf } from './dynamo-handoffs.ts'
import { dynamoItems, type Item, isNew, keyOf, sortOf } from './dynamo-items.ts'
import { factOf, leadOf } from './dynamo-lead-items.ts'
import { runOf } from './dynamo-runs.ts'
import { sendOf } from './dynamo-send-items.ts'

/** What the partition of one lead holds. */
interface Own {
  lead: Lead | undefined
  readonly facts: Fact[]
  readonly handoffs: Handoff[]
  readonly runs: Run[]
  readonly sends: Send[]
  /** Its places among all people. */
  readonly places: Item[]
}

const sendTold = ({ sendId, email, at, request: { run } }: Send): KpiSend => ({
  sendId,
  email,
  ...(run && { sequence: run.sequence }),
  sentAt: at ?? '',
})

const historyOf = (leadId: LeadId, all: readonly Own[]): History => ({
  leadId,
  log: all.flatMap(({ facts }) => facts),
  handoffs: all.flatMap(({ handoffs }) => handoffs),
  runs: all.flatMap(({ runs }) => runs),
  sends: all.flatMap(({ sends }) => sends.filter(({ status }) => status === 'sent').map(sendTold)),
})

/** Reads whole partitions: what else stands there costs less than a further request. */
export const dynamoHistories = (client: DynamoDBClient, tableName: string): ReadHistory => {
  const items = dynamoItems(client, tableName)

  const partition = async (leadId: LeadId): Promise<Own> => {
    const own: Own = { lead: undefined, facts: [], handoffs: [], runs: [], sends: [], places: [] }
    const asked = { where: '#pk = :lead', values: { lead: partitions.lead(leadId) }, ConsistentRead: true }
    for await (const { Items = [] } of items.pages(asked))
      for (const item of Items) {
        const sort = sortOf(item)
        if (sort === sorts.lead) own.lead = leadOf(item)
        else if (sort.startsWith(sorts.fact)) own.facts.push(...(item.superseded ? [] : [factOf(item)]))
        else if (sort.startsWith(sorts.handoff)) own.handoffs.push(handoffOf(item))
        else if (sort.startsWith(sorts.run)) own.runs.push(runOf(item))
        else if (sort.startsWith(sorts.send)) own.sends.push(sendOf(item))
        else if (isListed(item)) own.places.push(item)
      }
    return own
  }

  const ofMember = async (member: LeadId): Promise<Own> => {
    const own = await partition(member)
    return { ...own, facts: own.facts.map((fact) => ({ ...fact, member })) }
  }

  return async (leadId) => {
    const root = await partition(leadId)
    const { lead, places } = root
    if (lead?.erased) return { type: 'nobody', places }
    if (lead?.mergedInto !== undefined) return { type: 'merged', into: lead.mergedInto, places }
    if (root.facts.length === 0) return { type: 'nobody', places }
    const all = new Map<LeadId, Own>([[leadId, root]])
    let open = membersOf(root.facts).members
    while (open.length > 0) {
      const fresh = open.filter((member) => !all.has(member))
      const found = await Promise.all(fresh.map(async (member) => [member, await ofMember(member)] as const))
      for (const [member, own] of found) all.set(member, own)
      open = found.flatMap(([, { facts }]) => membersOf(facts.map(({ member: _, ...fact }) => fact)).members)
    }
    return { type: 'lead', history: historyOf(leadId, [...all.values()]), lead, places }
  }
}

const costPrefix = 'COST#'

/** Costs, by their ids. */
export const dynamoCosts = (client: DynamoDBClient, tableName: string): Costs => {
  const items = dynamoItems(client, tableName)
  return {
    keep: async (cost) => {
      const item = { ...keyOf(partitions.costs, `${costPrefix}${cost.id}`), cost: JSON.stringify(cost) }
      await items.put(item, isNew)
    },
    list: async () =>
      (await items.below(partitions.costs, costPrefix)).map((item) => JSON.parse(String(item.cost))),
  }
}
