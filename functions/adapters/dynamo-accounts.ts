import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { AccountOwners } from '../routing-ports.ts'
import { table } from '../table-schema.ts'
import { pointerList } from './dynamo-pointers.ts'

export interface DynamoAccountsOptions {
  readonly client: DynamoDBDocumentClient
  readonly tableName: string
  /** Keyed hash: nobody can tell from a key which company it was. */
  readonly hash: (text: string) => string
}

/**
 * An item for each accepted handoff of a company, under the hash of what names it. Each is found from its lead and goes away
 * with it: with the last lead of a company, the company is forgotten.
 */
export const dynamoAccounts = ({ client, tableName, hash }: DynamoAccountsOptions): AccountOwners => {
  const partitionOf = (account: string): string => `ACCOUNT#${hash(account)}`
  return {
    latest: async (account) => {
      const { Items } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: '#pk = :account',
          ExpressionAttributeNames: { '#pk': table.partitionKey },
          ExpressionAttributeValues: { ':account': partitionOf(account) },
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: 1,
        }),
      )
      const owner = Items?.[0]?.owner
      return typeof owner === 'string' ? owner : undefined
    },

    remember: async (account, { handoffId, leadId, owner, at }) => {
      const Key = { [table.partitionKey]: partitionOf(account), [table.sortKey]: `${at}#${handoffId}` }
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...Key, ...pointerList(leadId, Key), leadId, owner },
        }),
      )
    },
  }
}
