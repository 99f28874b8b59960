import { createHash } from 'node:crypto'
import { getCookie } from 'hono/cookie'
import type { Brand } from '../../domain/model/settings.ts'
import { type PageFrame, pageStyle } from '../../domain/page/page-layout.ts'
import type { HttpContext } from './http-app.ts'

/** A request as the app hands it on. */
type Asked = Pick<HttpContext, 'req'>

export const bodyOf = async ({ req }: Asked): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await req.arrayBuffer())

export const cookieOf = (context: HttpContext, name: string): string | undefined => getCookie(context, name)

/** What is given more than once, with commas between, as API Gateway has it. */
export const queryOf = ({ req }: Asked): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(req.queries()).map(([name, values]) => [name, values.join(',')]))

/** @returns the media type without its parameters, in lower case. */
export const mediaTypeOf = ({ req }: Asked): string =>
  (req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''

/** A browser asks for pages; everything else gets JSON. */
export const wantsPage = ({ req }: Asked): boolean => (req.header('accept') ?? '').includes('text/html')

const hashes = new Map<string, string>()

/** Of the stylesheet of a brand: made once, there are few. */
const styleHash = (brand: Brand | undefined): string => {
  const name = JSON.stringify(brand ?? {})
  const known = hashes.get(name) ?? createHash('sha256').update(pageStyle(brand)).digest('base64')
  hashes.set(name, known)
  return known
}

/** A picture of the playbook's own is served beside the pages. */
const sourceOf = (address: string): string => (address.startsWith('/') ? "'self'" : new URL(address).origin)

/** Our pages run no script and load nothing but the brand's logo; the one stylesheet in them is known by its hash. */
export const contentSecurityPolicy = (brand: Brand | undefined, formTargets: readonly string[]): string =>
  [
    "default-src 'none'",
    `style-src 'sha256-${styleHash(brand)}'`,
    ...(brand?.logo === undefined ? [] : [`img-src ${sourceOf(brand.logo)}`]),
    // Browsers hold redirects after a form post against this list, too.
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/** @param frame of the page, @param formTargets origins that its forms may end at, besides its own. */
export const pageReply = (
  status: number,
  html: string,
  { brand }: Pick<PageFrame, 'brand'>,
  formTargets: readonly string[] = [],
): Response =>
  new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(brand, formTargets),
      vary: 'Accept, Accept-Language',
    },
  })

/** Pictures may come from anywhere, as in a mailbox; nothing runs, no form is sent, no frame is filled. */
const documentPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline' https:",
  'font-src https:',
  "img-src 'self' https: data:",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
  'sandbox',
].join('; ')

/** A whole document that somebody else wrote, such as an email. */
export const documentReply = (document: string): Response =>
  new Response(document, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': documentPolicy,
      'referrer-policy': 'no-referrer',
      vary: 'Accept',
    },
  })

export const scriptReply = (script: string): Response =>
  new Response(script, {
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=300',
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'Accept-Language',
    },
  })

/** An address as browsers write it, in ASCII alone: a header takes nothing else. Paths of ours are ASCII already. */
export const asciiAddress = (address: string): string =>
  URL.canParse(address) ? new URL(address).href : address

/** 303: the browser fetches `location` with GET, so that reloading sends nothing again. */
export const redirectReply = (location: string): Response =>
  new Response(null, { status: 303, headers: { location: asciiAddress(location) } })

export const emptyReply = (headers: Readonly<Record<string, string>>): Response =>
  new Response(null, { status: 204, headers })
