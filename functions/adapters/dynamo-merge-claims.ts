import { type DynamoDBDocumentClient, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import { isJoin } from '../../domain/lead/lead-state.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import { type BegunMerge, Conflict, type Lead, type MergeClaims } from '../ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed, dynamoBatcher } from './dynamo-items.ts'
import { leadKey, leadOf } from './dynamo-lead-items.ts'

/** Merges on their way, in the items of the leads that go into others. */
export const dynamoMergeClaims = (client: DynamoDBDocumentClient, tableName: string): MergeClaims => {
  const batcher = dynamoBatcher(client, tableName)

  const update = async (leadId: LeadId, input: Partial<UpdateCommandInput>): Promise<void> => {
    try {
      await client.send(new UpdateCommand({ TableName: tableName, Key: leadKey(leadId), ...input }))
    } catch (error) {
      throw conditionFailed(error) ? new Conflict(`lead ${leadId} changed meanwhile`) : error
    }
  }

  const standing = async (leadId: LeadId, factId: string): Promise<BegunMerge | undefined> => {
    const item = await batcher.get(leadKey(leadId))
    const merge = item && leadOf(item).merge
    return merge?.fact.id === factId ? merge : undefined
  }

  const atVersion = ({ version }: Pick<Lead, 'version'>): Partial<UpdateCommandInput> => ({
    ConditionExpression: version === 0 ? `attribute_not_exists(${table.partitionKey})` : '#version = :seen',
    ExpressionAttributeNames: { '#version': 'version' },
  })
  const seen = ({ version }: Pick<Lead, 'version'>) => (version === 0 ? {} : { ':seen': version })

  return {
    begin: (lead, into, fact, left = []) => {
      const { partitionKey, sortKey } = table.lists
      const merge: BegunMerge = { fact, confirmed: false, ...(left.length > 0 && { left }) }
      const joinedBy = isJoin(fact) ? { ':joined': JSON.stringify(fact) } : undefined
      const [set, remove] = joinedBy ? [', joinedBy = :joined', ''] : ['', ', joinedBy']
      return update(lead.leadId, {
        ...atVersion(lead),
        UpdateExpression: `SET leadId = :lead, mergedInto = :into, #merge = :merge, #version = :next${set} REMOVE ${partitionKey}, ${sortKey}${remove}`,
        ExpressionAttributeNames: { '#version': 'version', '#merge': 'merge' },
        ExpressionAttributeValues: {
          ...seen(lead),
          ...joinedBy,
          ':lead': lead.leadId,
          ':into': into,
          ':merge': JSON.stringify(merge),
          ':next': lead.version + 1,
        },
      })
    },

    confirm: async (leadId, factId) => {
      const merge = await standing(leadId, factId)
      if (!merge) throw new Conflict(`the merge of lead ${leadId} no longer stands`)
      if (merge.confirmed) return
      await update(leadId, {
        UpdateExpression: 'SET #merge = :confirmed ADD #version :one',
        ConditionExpression: '#merge = :begun',
        ExpressionAttributeNames: { '#version': 'version', '#merge': 'merge' },
        ExpressionAttributeValues: {
          ':begun': JSON.stringify(merge),
          ':confirmed': JSON.stringify({ ...merge, confirmed: true } satisfies BegunMerge),
          ':one': 1,
        },
      })
    },

    settle: async (leadId, factId) => {
      const merge = await standing(leadId, factId)
      if (!merge) return
      await update(leadId, {
        UpdateExpression: 'REMOVE #merge',
        ConditionExpression: '#merge = :merge',
        ExpressionAttributeNames: { '#merge': 'merge' },
        ExpressionAttributeValues: { ':merge': JSON.stringify(merge) },
      })
    },

    release: (lead) =>
      update(lead.leadId, {
        ...atVersion(lead),
        UpdateExpression:
          'REMOVE mergedInto, #merge, joinedBy SET leadId = :lead, #version = :next, unlisted = :yes',
        ExpressionAttributeNames: { '#version': 'version', '#merge': 'merge' },
        ExpressionAttributeValues: {
          ...seen(lead),
          ':lead': lead.leadId,
          ':next': lead.version + 1,
          ':yes': true,
        },
      }),
  }
}
