import type { IncomingHttpHeaders } from 'node:http'
import type { Caller, Need } from '../access/guard.ts'
import { AwsError } from '../aws-error.ts'
import { type JsonObject, parseObject } from '../json.ts'

/** One signed request as it came in. */
export interface AwsRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string | Buffer
}

export interface AwsAnswer {
  readonly status: number
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** What a request asks for, once its protocol is understood. */
export interface Operation {
  readonly name: string
  readonly input: JsonObject
}

/** One AWS service behind the gateway. Errors are thrown as AwsError. */
export interface Service {
  /** @throws AwsError where the request is none of this service's */
  read(request: AwsRequest): Operation
  /** The permissions the operation needs. */
  needs(operation: Operation, request: AwsRequest): readonly Need[]
  invoke(operation: Operation, request: AwsRequest, caller: Caller): Promise<AwsAnswer>
  refuse(error: AwsError, request: AwsRequest): AwsAnswer
}

/** The trace header, which the SDK sends along from within a function. */
export function traceOf({ headers }: AwsRequest): string | undefined {
  const trace = headers['x-amzn-trace-id']
  return typeof trace === 'string' ? trace : undefined
}

/** JSON protocols: the operation stands in the `x-amz-target` header. */
export function readTarget(request: AwsRequest): Operation {
  const target = request.headers['x-amz-target']
  const name = typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : ''
  if (!name) throw new AwsError('UnknownOperationException', 'The request names no operation')
  return { name, input: readJson(request.body) }
}

export function readJson(body: string | Buffer): JsonObject {
  if (body.length === 0) return {}
  try {
    return parseObject(typeof body === 'string' ? body : body.toString())
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON')
  }
}

export function jsonAnswer(value: object, status = 200, version: '1.0' | '1.1' | 'rest' = '1.1'): AwsAnswer {
  const type = version === 'rest' ? 'application/json' : `application/x-amz-json-${version}`
  return { status, body: JSON.stringify(value), headers: { 'content-type': type } }
}

export function refuseJson(error: AwsError): AwsAnswer {
  const answer = jsonAnswer(
    { __type: error.code, message: error.message, Message: error.message },
    error.status,
  )
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': error.code } }
}

export function unknownOperation(name: string): AwsError {
  return new AwsError('UnknownOperationException', `The operation ${name} is not offered locally`)
}
