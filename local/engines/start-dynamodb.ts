import { startDynalite } from './dynalite-engine.ts'
import { connectDynamoDb } from './dynamodb-endpoint.ts'
import type { DynamoDbEngine } from './dynamodb-engine.ts'

/** The engine inside, or the one that `AWS_ENDPOINT_URL_DYNAMODB` points to. @param folder absent: in memory */
export async function startDynamoDb(folder: string | undefined): Promise<DynamoDbEngine> {
  const endpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB
  return endpoint ? connectDynamoDb(endpoint) : startDynalite(folder)
}
