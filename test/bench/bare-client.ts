import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

export const client = new DynamoDBClient({})
