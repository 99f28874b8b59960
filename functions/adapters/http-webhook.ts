import { lookup } from 'node:dns/promises'
import type { IncomingMessage } from 'node:http'
import http from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Attempted } from '../../domain/webhook/delivery.ts'
import type { PostWebhook } from '../webhook-ports.ts'

/** Global unicast: all that IANA gives out of IPv6. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** Whether an address (no name) is one that a webhook may be sent to. @param allowLoopback for a machine of somebody's own. */
export const isPublicAddress = (source: string, allowLoopback: boolean): boolean => {
  // Node's own reading: the library takes notations as well that no resolver gives.
  if (isIP(source) === 0) return false
  const address = ipaddr.process(source)
  const range = address.range()
  if (range === 'loopback') return allowLoopback
  return range === 'unicast' && (address instanceof ipaddr.IPv4 || address.match(globalUnicast))
}

/** Whether an address such as `AWS_ENDPOINT_URL` leads to this very machine: as the local runner has it, and no deployment. */
export const isLoopbackUrl = (source: string | undefined): boolean => {
  const hostname = URL.parse(source ?? '')?.hostname.replace(/^\[|\]$/g, '') ?? ''
  return hostname === 'localhost' || (isIP(hostname) !== 0 && ipaddr.process(hostname).range() === 'loopback')
}

interface Found {
  readonly address: string
  readonly family: number
}

interface HttpWebhookOptions {
  /** Whether this machine itself may be called, and without TLS: for the local runner. */
  readonly allowLoopback: boolean
  /** @default the system's resolver */
  readonly resolve?: (hostname: string) => Promise<readonly Found[]>
  /** For the whole of a request, in ms. @default 10 s */
  readonly timeout?: number
}

/** Read of an answer, in bytes. */
const longestAnswer = 1_024
const defaultTimeout = 10_000

class Refused extends Error {}

const resolveAll = (hostname: string): Promise<readonly Found[]> => lookup(hostname, { all: true })

/** What is kept of an answer: one line of text. */
const readable = (bytes: Buffer): string =>
  bytes
    .toString('utf8')
    .replaceAll(/[\p{Cc}\p{Cs}\ufffd]+/gu, ' ')
    .trim()

/** Seconds of a `Retry-After` header; one that names a date counts as none. */
const retryAfterOf = ({ headers }: IncomingMessage): { readonly retryAfter?: number } => {
  const text = headers['retry-after']
  return text !== undefined && /^\d{1,9}$/.test(text) ? { retryAfter: Number(text) } : {}
}

/** The first kilobyte; more is cut off. */
const readAnswer = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk)
    chunks.push(bytes)
    length += bytes.length
    if (length >= longestAnswer) break
  }
  return readable(Buffer.concat(chunks).subarray(0, longestAnswer))
}

/**
 * Posts over HTTPS. The name is resolved once, and the connection goes to exactly those addresses: none of a private or
 * special network, and no second answer of the name server. Redirects are not followed.
 */
export const httpWebhook = ({
  allowLoopback,
  resolve = resolveAll,
  timeout = defaultTimeout,
}: HttpWebhookOptions): PostWebhook => {
  const addressesOf = async ({ hostname, protocol }: URL): Promise<readonly Found[]> => {
    const name = hostname.replace(/^\[|\]$/g, '')
    const family = isIP(name)
    const found = family === 0 ? await resolve(name) : [{ address: name, family }]
    if (found.length === 0) throw new Refused('the name leads to no address')
    if (!found.every(({ address }) => isPublicAddress(address, allowLoopback)))
      throw new Refused('the name leads to an address that is not public')
    // Without TLS to this machine alone.
    if (protocol !== 'https:' && found.some(({ address }) => isPublicAddress(address, false)))
      throw new Refused('only https is allowed')
    return found
  }

  const answerTo = (
    url: URL,
    found: readonly Found[],
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<IncomingMessage> =>
    new Promise((resolveResponse, reject) => {
      const pinned: LookupFunction = (_hostname, options, done) => {
        const [first] = found
        if (options.all) done(null, [...found])
        else done(null, first?.address ?? '', first?.family)
      }
      const { request } = url.protocol === 'https:' ? https : http
      const outgoing = request(
        url,
        {
          method: 'POST',
          // A connection of its own: one that is kept could outlive what the name meant.
          agent: false,
          lookup: pinned,
          headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
          signal,
        },
        resolveResponse,
      )
      outgoing.on('error', reject)
      outgoing.end(body)
    })

  const attempt = async (
    source: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<Attempted> => {
    const url = new URL(source)
    const signal = AbortSignal.timeout(timeout)
    // DNS lookups cannot be cancelled; we stop waiting.
    const cut = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    const exchange = async (): Promise<Attempted> => {
      const found = await addressesOf(url)
      const response = await answerTo(url, found, headers, body, signal)
      const answer = await readAnswer(response)
      response.destroy()
      return { type: 'answered', status: response.statusCode ?? 0, answer, ...retryAfterOf(response) }
    }
    return Promise.race([cut, exchange()])
  }

  return async ({ url, headers, body }) => {
    try {
      return await attempt(url, headers, body)
    } catch (error) {
      return { type: 'unanswered', reason: reasonOf(error) }
    }
  }
}

/** Why there is no answer, without what the other side could have written into it. */
const reasonOf = (error: unknown): string => {
  if (error instanceof Refused) return `refused: ${error.message}`
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'timeout'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
