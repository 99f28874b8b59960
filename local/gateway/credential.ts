import { AwsError } from '../aws-error.ts'
import type { AwsRequest } from './service.ts'

export interface Credential {
  readonly accessKeyId: string
  readonly service: string
}

/** The access key and service of a request's SigV4 credential scope; the signature itself is not verified. */
export function readCredential(request: AwsRequest): Credential {
  const header = request.headers.authorization
  const scope =
    header === undefined ? request.query.get('X-Amz-Credential') : /Credential=([^,\s]+)/.exec(header)?.[1]
  const [accessKeyId, , , service] = scope?.split('/') ?? []
  if (!accessKeyId || !service) {
    throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token', 403)
  }
  return { accessKeyId, service }
}
