import { AwsError } from '../aws-error.ts'
import { type AwsRequest, type Operation, readJson } from '../gateway/service.ts'
import type { Json } from '../json.ts'

/** One operation of a REST-JSON service: `POST /schedules/{Name}`. */
export interface RestOperation {
  readonly name: string
  readonly method: string
  readonly path: string
  /** Query parameters with the input member each one fills. */
  readonly query?: Readonly<Record<string, string>>
}

/** Path labels, query and body in one input, as the SDK was given them. */
export function readRest(request: AwsRequest, operations: readonly RestOperation[]): Operation {
  for (const operation of operations) {
    if (operation.method !== request.method) continue
    const labels = matchPath(operation.path, request.path)
    if (!labels) continue
    const input: Record<string, Json | undefined> = { ...readJson(request.body), ...labels }
    for (const [parameter, member] of Object.entries(operation.query ?? {})) {
      const value = request.query.get(parameter)
      if (value !== null) input[member] = value
    }
    return { name: operation.name, input }
  }
  throw new AwsError(
    'UnknownOperationException',
    `${request.method} ${request.path} is not offered locally`,
    404,
  )
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.replace(/\/$/, '').split('/')
  if (wanted.length !== given.length) return undefined
  const labels: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith('{')) labels[part.slice(1, -1)] = decodeURIComponent(value)
    else if (part !== value) return undefined
  }
  return labels
}
