import { Agent, request } from 'node:http'
import { REGION } from '../template/place.ts'
import type { DynamoDbEngine, EngineAnswer } from './dynamodb-engine.ts'

/**
 * Another emulator of DynamoDB behind an HTTP address. Everyone calls it with the same credentials, since some
 * emulators keep the tables of each access key apart; who may do what was decided before.
 */
export function connectDynamoDb(endpoint: string): DynamoDbEngine {
  const agent = new Agent({ keepAlive: true })
  const url = new URL(endpoint)
  const call = (operation: string, input: object): Promise<EngineAnswer> =>
    new Promise((resolve, reject) => {
      const sent = request(url, { method: 'POST', agent, headers: headersFor(operation) }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 500, body: Buffer.concat(chunks).toString() }),
        )
        response.on('error', reject)
      })
      sent.on('error', (error) => reject(new Error(`DynamoDB at ${endpoint}: ${error.message}`)))
      sent.end(JSON.stringify(input))
    })
  return {
    call,
    close: async () => agent.destroy(),
  }
}

function headersFor(operation: string): Record<string, string> {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `local/${date.slice(0, 8)}/${REGION}/dynamodb/aws4_request`
  const signature = '0'.repeat(64)
  return {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'x-amz-date': date,
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  }
}
