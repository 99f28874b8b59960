import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { PageFrame } from '../../domain/page/page-layout.ts'
import { contentSecurityPolicy } from './content-security-policy.ts'

export type Reply = APIGatewayProxyStructuredResultV2

type Headers = Readonly<Record<string, string>>

export const jsonReply = (statusCode: number, body: unknown, headers: Headers = {}): Reply => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** @param frame of the page, @param formTargets origins that its forms may end at, besides its own. */
export const pageReply = (
  statusCode: number,
  html: string,
  { brand }: Pick<PageFrame, 'brand'>,
  formTargets: readonly string[] = [],
): Reply => ({
  statusCode,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy(brand, formTargets),
    vary: 'Accept, Accept-Language',
  },
  body: html,
})

/** Pictures may come from anywhere, as in a mailbox; nothing runs, no form is sent, no frame is filled. */
const documentPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline' https:",
  'font-src https:',
  'img-src https: data:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
  'sandbox',
].join('; ')

/** A whole document that somebody else wrote, such as an email. */
export const documentReply = (document: string): Reply => ({
  statusCode: 200,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': documentPolicy,
    'referrer-policy': 'no-referrer',
    vary: 'Accept',
  },
  body: document,
})

export const scriptReply = (script: string): Reply => ({
  statusCode: 200,
  headers: {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=300',
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'Accept-Language',
  },
  body: script,
})

/** An address as browsers write it, in ASCII alone: a header takes nothing else. Paths of ours are ASCII already. */
export const asciiAddress = (address: string): string =>
  URL.canParse(address) ? new URL(address).href : address

/** 303: the browser fetches `location` with GET, so that reloading sends nothing again. */
export const redirectReply = (location: string): Reply => ({
  statusCode: 303,
  headers: { location: asciiAddress(location) },
})

export const emptyReply = (headers: Headers = {}): Reply => ({ statusCode: 204, headers: { ...headers } })
