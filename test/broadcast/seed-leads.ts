import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb'
import { findDeployment } from '../../bin/deployment.ts'
import { makeProgress } from '../../bin/progress.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import { type Fact, type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import { compileRules } from '../../domain/rules/rules.ts'
import { makeTableClient } from '../../functions/adapters/aws-clients.ts'
import { type Item, typed } from '../../functions/adapters/dynamo-items.ts'
import { factItem, leadItem } from '../../functions/adapters/dynamo-lead-items.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'
import { inParallel } from '../bench/progress.ts'
import type { Client } from '../story/client.ts'

/** Who was put into the table. */
export interface Cast {
  readonly leads: number
  /** Never agreed. */
  readonly unwilling: number
  /** Agreed, and their mailbox is no more. */
  readonly bounced: number
  readonly isMailable: (address: string) => boolean
  /** Ids of the first who may be mailed. */
  readonly mailable: readonly LeadId[]
}

type Kind = 'mailable' | 'unwilling' | 'bounced'

const kindOf = (index: number): Kind => {
  if (index % 7 === 6) return 'unwilling'
  return index % 50 === 49 ? 'bounced' : 'mailable'
}

const addressOf = (index: number): string => `reader-${index}@example.net`
const indexOf = (address: string): number => Number(/^reader-(\d+)@/.exec(address)?.[1])

const idOf = (index: number): LeadId => {
  const leadId = parseLeadId(`reader-${String(index).padStart(8, '0')}`)
  if (!leadId) throw new Error('no id of a lead')
  return leadId
}

const month = 30 * 86_400_000

const factsOf = (index: number, now: string): readonly Fact[] => {
  const at = (minute: number) => new Date(Date.parse(now) - month + minute * 60_000).toISOString()
  const fact = (minute: number, type: string, properties: JsonObject): Fact => ({
    id: `${index}-${type}`,
    type,
    occurredAt: at(minute),
    recordedAt: at(minute),
    properties,
    email: addressOf(index),
  })
  const kind = kindOf(index)
  const fields = { company: `Firma ${index % 9_999}`, country: 'DE', language: index % 3 ? 'de' : 'en' }
  return [
    fact(0, 'profile.updated', { fields }),
    ...(kind === 'unwilling' ? [] : [fact(1, 'consent.granted', { purpose: 'newsletter' })]),
    ...(kind === 'bounced'
      ? [fact(2, 'email.bounced', { bounceType: 'Permanent', bounceSubType: 'General' })]
      : []),
  ]
}

/** Items of one write. */
const perWrite = 25
const atOnce = 8

/**
 * Puts leads and their logs straight into the table, as many as are asked for: recorded one by one they would take longer
 * than what is to be tried with them. Their addresses lead nowhere: what is recorded about them later names their ids.
 */
export const seedLeads = async (client: Client, folder: string, count: number): Promise<Cast> => {
  const { playbook } = await loadPlaybook(folder)
  if (!playbook) throw new Error('the playbook has faults')
  const rules = compileRules(playbook)
  const { config, output, clock } = await findDeployment({ url: client.url, aws: false })
  const table: string = JSON.parse(output('WakeTargets')).table
  const db = makeTableClient(config)
  const now = clock()
  const progress = makeProgress('leads', count)

  const itemsOf = (index: number): readonly Item[] => {
    const leadId = idOf(index)
    const facts = factsOf(index, now)
    const state = foldLead(facts, rules, now)
    if (!state) throw new Error('a lead without a state')
    const lead = {
      leadId,
      email: addressOf(index),
      version: 1,
      outbox: [],
      noted: true,
      underReview: true,
    } as const
    return [leadItem({ ...lead, state }, 0), ...facts.map((fact) => factItem(leadId, fact))]
  }
  const perBatch = Math.floor(perWrite / 4)
  const batches = Array.from({ length: Math.ceil(count / perBatch) }, (_, batch) => batch * perBatch)
  await inParallel(batches, atOnce, async (from) => {
    const those = Array.from({ length: Math.min(perBatch, count - from) }, (_, index) => from + index)
    const items = those.flatMap(itemsOf)
    let open: WriteRequest[] = items.map((item) => ({ PutRequest: { Item: typed(item) } }))
    while (open.length > 0) {
      const { UnprocessedItems } = await db.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: open } }),
      )
      open = UnprocessedItems?.[table] ?? []
    }
    progress(those.length)
  })
  db.destroy()
  const kinds = Array.from({ length: count }, (_, index) => kindOf(index))
  const countOf = (kind: Kind) => kinds.filter((one) => one === kind).length
  return {
    leads: count,
    unwilling: countOf('unwilling'),
    bounced: countOf('bounced'),
    isMailable: (address) => kindOf(indexOf(address)) === 'mailable',
    mailable: kinds.flatMap((kind, index) => (kind === 'mailable' ? [idOf(index)] : [])).slice(0, 5_000),
  }
}
