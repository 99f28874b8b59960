import { createRequire } from 'node:module'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createTable, type TestTable } from '../functions/adapters/dynalite-table.ts'

interface Server {
  listen(port: number, host: string, ready: () => void): void
  address(): { readonly port: number }
  close(done: () => void): void
}

const dynalite: (options: { createTableMs: number }) => Server = createRequire(import.meta.url)('dynalite')

/** A table that other processes can reach. */
export const serveTable = async (): Promise<TestTable & { readonly endpoint: string }> => {
  const server = dynalite({ createTableMs: 0 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${server.address().port}`
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const dynamo = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials })
  const table = await createTable(dynamo, () => new Promise((resolve) => server.close(() => resolve())))
  return { ...table, endpoint }
}
