/**
 * Reports visits to the company's pages. Plain DOM, no dependencies. Sends and stores nothing without consent: the page calls
 * `trichter.consent(true)`, or declares in its tag that it has consent (`data-consent="given"`) or needs none (`not-required`).
 * An existing cookie is the consent given on an earlier page.
 */
import { type TrackConfig, visitorCookie, visitorField } from './shared.ts'

declare const config: TrackConfig

type Landed = Record<string, string>

/** 13 months, the longest time that the French data protection authority accepts. Visits do not prolong it. */
const cookieSeconds = 395 * 24 * 3600

const w: { trichter?: object } & Pick<Window, 'addEventListener'> = window
const d: Document & { readonly prerendering?: boolean } = document
const n: Navigator & { readonly globalPrivacyControl?: boolean; readonly doNotTrack?: string | null } =
  navigator
const l = location

const script = d.currentScript
const says = (name: string) => script?.getAttribute(`data-${name}`)
const refused = n.globalPrivacyControl || n.doNotTrack === '1'
let on = false
let total = 0
let landed: Landed = {}
let campaign: Landed | undefined
let visitor: string | undefined
let path: string | undefined
let since: number | undefined

const random = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte + 256).toString(16).slice(1)).join(
    '',
  )

const cookie = () => d.cookie.match(`(?:^|; )${visitorCookie}=([\\w-]{8,64})`)?.[1]

const setCookie = (value: string, age: number) => {
  const domain = says('cookie-domain')
  const secure = l.protocol === 'https:' ? '; secure' : ''
  // `document.cookie`: not all browsers have the Cookie Store API yet.
  Object.assign(d, {
    cookie: `${visitorCookie}=${value}; path=/; max-age=${age}; samesite=lax${domain ? `; domain=${domain}` : ''}${secure}`,
  })
}

const stored = 'trichter_campaign'
/** Storage may be blocked. */
const attempt = <Result>(change: () => Result) => {
  try {
    return change()
  } catch {
    return undefined
  }
}

const send = (type: string, properties?: object) => {
  if (!on) return
  const body = JSON.stringify({
    events: [
      {
        id: random(),
        type,
        subject: { visitorId: visitor },
        properties: Object.assign({ path }, campaign, properties),
      },
    ],
  })
  if (n.sendBeacon?.(config.to, body)) return
  fetch(config.to, { method: 'POST', body, mode: 'no-cors', keepalive: true }).catch(() => {})
}

const look = () => {
  if (on && since === undefined && d.visibilityState === 'visible') since = performance.now()
}

const leave = () => {
  if (since === undefined) return
  const seconds = Math.min(Math.round((performance.now() - since) / 1000), 1800)
  since = undefined
  if (seconds < 1) return
  total += seconds
  send('page.engaged', { seconds, total })
}

const view = (referrer?: string) => {
  path = l.pathname
  total = 0
  send('page.viewed', { host: l.host, referrer })
  look()
}

const move = () => {
  if (!on || l.pathname === path) return
  leave()
  view()
}

const begin = () => {
  if (on || refused) return
  const from = d.referrer && new URL(d.referrer).host
  on = true
  visitor = cookie()
  if (!visitor) {
    visitor = random()
    setCookie(visitor, cookieSeconds)
  }
  campaign =
    attempt(() => {
      if (Object.keys(landed).length) sessionStorage.setItem(stored, JSON.stringify(landed))
      return JSON.parse(sessionStorage.getItem(stored) ?? 'null')
    }) || landed
  view(from && from !== l.host ? from : undefined)
  if (/^(cp[cm]|ppc|paid|display|banner)/.test(landed.medium ?? '')) send('ad.clicked')
}

const end = () => {
  on = false
  since = visitor = campaign = undefined
  landed = {}
  if (cookie()) setCookie('', 0)
  attempt(() => sessionStorage.removeItem(stored))
}

const start = () => {
  if (/^(given|not-required)$/.test(says('consent') ?? '') || cookie()) begin()
}

/** Passes the visitor's id, and the campaign if the form asks for it, to one of our forms. */
const takeAlong = (event: Event) => {
  const target = event.target as HTMLFormElement
  const action = target.getAttribute('action') || ''
  if (!on || (action.indexOf(config.forms) !== 0 && !target.classList.contains('trichter-form'))) return
  let field = target.elements.namedItem(visitorField) as HTMLInputElement | null
  if (!field) {
    field = target.appendChild(d.createElement('input'))
    field.type = 'hidden'
    field.name = visitorField
  }
  field.value = visitor ?? ''
  for (const [name, value] of Object.entries(campaign ?? {})) {
    const hidden = target.elements.namedItem(`utm_${name}`) as HTMLInputElement | null
    if (hidden && !hidden.value) hidden.value = value
  }
}

const watch = () => {
  new URLSearchParams(l.search).forEach((value, name) => {
    const known = /^utm_(source|medium|campaign|term|content)$/.exec(name)?.[1]
    if (known) landed[known] = value.slice(0, 200)
  })
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method]
    history[method] = function (...given) {
      original.apply(this, given)
      move()
    }
  }
  w.addEventListener('popstate', move)
  w.addEventListener('pagehide', leave)
  w.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) view()
  })
  d.addEventListener('visibilitychange', () => {
    if (d.visibilityState === 'visible') look()
    else leave()
  })
  d.addEventListener('submit', takeAlong, true)
  w.trichter = {
    consent: (given: unknown) => (given ? begin() : end()),
    track: send,
    visitor: () => visitor,
  }
  if (d.prerendering) d.addEventListener('prerenderingchange', start, { once: true })
  else start()
}

if (!w.trichter) watch()
