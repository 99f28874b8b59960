import type { Settings } from '../../domain/model/settings.ts'
import { readableOn, textOn } from '../../domain/page/page-layout.ts'
import { type HttpApp, makeApp } from '../http/http-app.ts'
import { problemReply } from '../http/problem.ts'

/** The console as it was built: files by their address, of which `/` is the page itself. */
type ConsoleFiles = Readonly<Record<string, string>>

/** Where users sign in with the code flow. */
export interface SignIn {
  /** Of the user pool's domain, without a slash at the end. */
  readonly address: string
  readonly clientId: string
  readonly issuer: string
}

interface ConsolePorts {
  readonly files: ConsoleFiles
  readonly signIn: SignIn
  readonly settings: Pick<Settings, 'brand' | 'company' | 'languages' | 'timeZone'>
}

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** The hardest grounds that the console writes on in the brand's colour: a row that is chosen, tinted by it. */
const tinted = { light: '#e8eeec', dark: '#2b3231' }
const usualAccent = '#0e6157'

/** The brand's colour, as legible on either ground. */
const brandStyle = ({ accent = usualAccent }: NonNullable<Settings['brand']> = {}): string => {
  const [light, dark] = [readableOn(accent, tinted.light), readableOn(accent, tinted.dark)]
  return `:root{--brand-light:${light};--brand-dark:${dark};--on-brand-light:${textOn(light)};--on-brand-dark:${textOn(dark)}}`
}

/** Everything comes from here but the tokens, which the user pool gives. */
const policyFor = ({ address }: SignIn): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ${address}`,
    "frame-src 'self' blob:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

const day = 86_400

/** The console's own addresses: its files, what it has to know before anybody has signed in, and its page everywhere else. */
export const consoleApp = ({ files, signIn, settings }: ConsolePorts): HttpApp => {
  const page = files['/'] ?? ''
  const policy = policyFor(signIn)
  return makeApp()
    .get('/console/brand.css', ({ body }) =>
      body(brandStyle(settings.brand), 200, { 'content-type': types.css ?? '', 'cache-control': 'no-cache' }),
    )
    .get('/console/settings.json', ({ json }) =>
      json(
        {
          company: settings.company.name,
          languages: settings.languages,
          timeZone: settings.timeZone,
          signIn,
        },
        200,
        { 'cache-control': 'no-cache' },
      ),
    )
    .get('/console/*', ({ req, body }) => {
      const file = Object.hasOwn(files, req.path) ? files[req.path] : undefined
      if (file === undefined)
        return problemReply({ type: 'not-found', detail: 'The console has no such file.' })
      const type = types[req.path.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
      return body(file, 200, {
        'content-type': type,
        'cache-control': `public, max-age=${365 * day}, immutable`,
      })
    })
    .get('*', ({ body }) =>
      body(page, 200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy,
        'cache-control': 'no-cache',
      }),
    )
}
