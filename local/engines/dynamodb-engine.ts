import type { JsonObject } from '../json.ts'

export interface EngineAnswer {
  readonly status: number
  readonly body: string
}

/** Something that speaks DynamoDB's JSON 1.0 protocol. */
export interface DynamoDbEngine {
  /** `input` is the parsed body; the engine may change it. Service errors are answers, not exceptions. */
  call(operation: string, input: JsonObject): Promise<EngineAnswer>
  close(): Promise<void>
}
