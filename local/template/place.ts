/** Where the stack pretends to be deployed. */
export const ACCOUNT = '000000000000'
export const REGION = 'eu-central-1'
export const PARTITION = 'aws'
export const URL_SUFFIX = 'amazonaws.com'

/** The addresses that become part of names: queue URLs begin with `aws`, the HTTP API's address is `app`. */
export interface Endpoints {
  readonly aws: string
  readonly app: string
}

export function arnOf(service: string, resource: string): string {
  return `arn:${PARTITION}:${service}:${REGION}:${ACCOUNT}:${resource}`
}

/** IAM's names have no region. */
export function iamArn(resource: string): string {
  return `arn:${PARTITION}:iam::${ACCOUNT}:${resource}`
}
