import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { BatchWriteCommand, DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb'
import type { Client } from './client.ts'

interface Described {
  readonly urls: { readonly aws: string }
  readonly table: string | { readonly name: string }
}

export const openTable = async (client: Client) => {
  const { urls, table }: Described = JSON.parse(await (await client.raw('/_local')).text())
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const db = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: urls.aws, region: 'eu-central-1', credentials }),
  )
  return { db, name: typeof table === 'string' ? table : table.name }
}

const binary = '$binary'

const toText = (item: object): string =>
  JSON.stringify(item, (_key, value: unknown) =>
    value instanceof Uint8Array ? { [binary]: Buffer.from(value).toString('base64') } : value,
  )

const fromText = (text: string): Record<string, unknown> =>
  JSON.parse(text, (_key, value) =>
    typeof value?.[binary] === 'string' ? Buffer.from(value[binary], 'base64') : value,
  )

/** Every item of the table. */
export const scanTable = async (client: Client): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { db, name } = await openTable(client)
  const all: Record<string, unknown>[] = []
  for await (const page of paginateScan({ client: db }, { TableName: name })) all.push(...(page.Items ?? []))
  db.destroy()
  return all
}

/** Every item of the table, as text. */
export const tableItems = async (client: Client): Promise<readonly string[]> =>
  (await scanTable(client)).map(toText)

const perWrite = 25

/** Puts items back that `tableItems` gave. */
export const putTableItems = async (client: Client, items: readonly string[]): Promise<void> => {
  const { db, name } = await openTable(client)
  for (let start = 0; start < items.length; start += perWrite) {
    const requests = items
      .slice(start, start + perWrite)
      .map((item) => ({ PutRequest: { Item: fromText(item) } }))
    const { UnprocessedItems = {} } = await db.send(
      new BatchWriteCommand({ RequestItems: { [name]: requests } }),
    )
    if (Object.keys(UnprocessedItems).length > 0) throw new Error('the table took not all items')
  }
  db.destroy()
}
