import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { SendLists } from '../send-ports.ts'
import { loadListed } from './dynamo-listed.ts'
import { heldList, heldRankPrefix, sendOf } from './dynamo-send-items.ts'
import { rankedLists, withUnspread } from './ranked-lists.ts'

interface Page {
  readonly prefix?: string
  readonly limit: number
  readonly cursor?: string
}

/** Emails over all leads; the index gives keys alone, and the items are read. */
export const dynamoSendLists = (client: DynamoDBDocumentClient, tableName: string): SendLists => {
  const ranked = rankedLists(client, tableName)

  const page = async (list: string, { prefix, limit, cursor }: Page) => {
    const { rows, next } = await ranked({
      lists: withUnspread(list),
      order: 'ascending',
      limit,
      ...(cursor !== undefined && { cursor }),
      // `~` comes after everything that ranks are made of.
      ...(prefix !== undefined && { between: [prefix, `${prefix}~`] }),
    })
    return { sends: (await loadListed(client, tableName, rows)).map(sendOf), next }
  }

  return {
    held: async ({ sequence, limit, cursor }) => {
      const { sends, next } = await page(heldList, {
        limit,
        ...(sequence !== undefined && { prefix: heldRankPrefix(sequence) }),
        ...(cursor !== undefined && { cursor }),
      })
      // The index may still show an email that has just gone out.
      const items = sends.filter(({ status }) => status === 'held')
      return next === undefined ? { items } : { items, next }
    },
  }
}
