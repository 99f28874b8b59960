import { createHmac, hash } from 'node:crypto'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** What is signed: the path is escaped once, query parameters not at all, headers are named in lower case. */
export interface Unsigned {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Scope {
  readonly service: string
  readonly region: string
  readonly credentials: Credentials
}

/** RFC 3986: what `encodeURIComponent` leaves as it is and signatures do not. */
export const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)

/** Ends in the order that signatures ask for. */
export const queryOf = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&')

const algorithm = 'AWS4-HMAC-SHA256'
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** By secret, day, region and service: making a key takes four times as long as signing with it. */
let keys = new Map<string, Buffer>()

const keyOf = ({ service, region, credentials }: Scope, day: string): Buffer => {
  const name = `${credentials.secretAccessKey} ${day}/${region}/${service}`
  const known = keys.get(name)
  if (known) return known
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${credentials.secretAccessKey}`,
  ) as Buffer
  // Yesterday's are of no use.
  if (keys.size >= 50) keys = new Map()
  keys.set(name, key)
  return key
}

/**
 * Signature version 4 over all headers. @returns the headers that the request is sent with.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const signed = (request: Unsigned, scope: Scope, now: Date): Readonly<Record<string, string>> => {
  const { accessKeyId, sessionToken } = scope.credentials
  const at = now.toISOString().replace(/[-:]|\.\d+/g, '')
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': at }
  if (sessionToken !== undefined) headers['x-amz-security-token'] = sessionToken
  const names = Object.keys(headers).sort()
  const canonical = [
    request.method,
    request.path.split('/').map(escaped).join('/'),
    queryOf(request.query),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    hash('sha256', request.body),
  ].join('\n')
  const day = at.slice(0, 8)
  const where = `${day}/${scope.region}/${scope.service}/aws4_request`
  const text = [algorithm, at, where, hash('sha256', canonical)].join('\n')
  const signature = createHmac('sha256', keyOf(scope, day)).update(text).digest('hex')
  headers.authorization = `${algorithm} Credential=${accessKeyId}/${where}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return headers
}
