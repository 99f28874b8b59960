import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { isJoin } from '../../domain/lead/log.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import { type BegunMerge, Conflict, type MergeClaims } from '../ports.ts'
import { table } from '../table-schema.ts'
import { dynamoItems, unchangedSince } from './dynamo-items.ts'
import { leadKey, leadOf } from './dynamo-lead-items.ts'

/** Merges on their way, in the items of the leads that go into others. */
export const dynamoMergeClaims = (client: DynamoDBClient, tableName: string): MergeClaims => {
  const items = dynamoItems(client, tableName)

  const update = async (leadId: LeadId, change: Parameters<typeof items.update>[1]): Promise<void> => {
    if (!(await items.update(leadKey(leadId), change))) throw new Conflict(`lead ${leadId} changed meanwhile`)
  }

  const current = async (leadId: LeadId, factId: string): Promise<BegunMerge | undefined> => {
    const item = await items.get(leadKey(leadId))
    const merge = item && leadOf(item).merge
    return merge?.fact.id === factId ? merge : undefined
  }

  return {
    begin: ({ leadId, version }, into, fact, left = []) => {
      const { partitionKey, sortKey } = table.lists
      const merge: BegunMerge = { fact, confirmed: false, ...(left.length > 0 && { left }) }
      const joinedBy = isJoin(fact) ? JSON.stringify(fact) : undefined
      return update(leadId, {
        set: { leadId, version: version + 1, mergedInto: into, merge: JSON.stringify(merge), joinedBy },
        remove: [partitionKey, sortKey, 'lacked', ...(joinedBy === undefined ? ['joinedBy'] : [])],
        ...unchangedSince(version),
      })
    },

    confirm: async (leadId, factId) => {
      const merge = await current(leadId, factId)
      if (!merge) throw new Conflict(`the merge of lead ${leadId} no longer stands`)
      if (merge.confirmed) return
      await update(leadId, {
        set: { merge: JSON.stringify({ ...merge, confirmed: true } satisfies BegunMerge) },
        add: { version: 1 },
        when: '#merge = :begun',
        values: { begun: JSON.stringify(merge) },
      })
    },

    settle: async (leadId, factId) => {
      const merge = await current(leadId, factId)
      if (!merge) return
      await update(leadId, {
        remove: ['merge'],
        when: '#merge = :merge',
        values: { merge: JSON.stringify(merge) },
      })
    },

    release: ({ leadId, version }) =>
      update(leadId, {
        set: { leadId, version: version + 1, unlisted: true },
        remove: ['mergedInto', 'merge', 'joinedBy'],
        ...unchangedSince(version),
      }),
  }
}
