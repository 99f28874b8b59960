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
