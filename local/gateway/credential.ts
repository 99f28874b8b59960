import { AwsError } from '../aws-error.ts'
import type { AwsRequest } from './service.ts'

export interface Credential {
  readonly accessKeyId: string
  readonly service: string
}

/**
 * The access key and service of a request's SigV4 credential scope; the signature itself is not verified. Only the header
 * counts: a page of another site can write an address, but no such header.
 */
export function readCredential(request: AwsRequest): Credential {
  const scope = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1]
  const [accessKeyId, , , service] = scope?.split('/') ?? []
  if (!accessKeyId || !service) {
    throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token', 403)
  }
  return { accessKeyId, service }
}
