import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb'
import type { Client } from './client.ts'

interface Described {
  readonly urls: { readonly aws: string }
  readonly table: string | { readonly name: string }
}

/** Every item of the table, as text. */
export const tableItems = async (client: Client): Promise<readonly string[]> => {
  const { urls, table }: Described = JSON.parse(await (await client.raw('/_local')).text())
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const db = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: urls.aws, region: 'eu-central-1', credentials }),
  )
  const all: string[] = []
  for await (const page of paginateScan(
    { client: db },
    { TableName: typeof table === 'string' ? table : table.name },
  ))
    all.push(...(page.Items ?? []).map((item) => JSON.stringify(item)))
  db.destroy()
  return all
}
