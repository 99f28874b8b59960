import { useEffect, useRef } from 'preact/hooks'
import { withoutCampaign } from '../lib/clicks.ts'
import { shareText } from '../lib/format.ts'
import { t } from '../lib/texts.ts'
import ui from './ui.module.css'

interface EmailFrameProps {
  readonly title: string
  readonly html: string
  readonly isDark: boolean
  readonly isPhone: boolean
  /** Shown at each link: the share of its people among all who clicked, by its address. */
  readonly shares?: ReadonlyMap<string, number> | undefined
}

interface Parts {
  readonly document: Document
  readonly css: string
}

/**
 * Takes the styles out of an email before it is parsed: the page's policy refuses them in markup, and lets a script set them.
 * Comments are for Outlook alone.
 */
const partsOf = (html: string): Parts => {
  const sheets: string[] = []
  const bare = html
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/<style([^>]*)>([\s\S]*?)<\/style>/gi, (_, attributes: string, sheet: string) => {
      const media = /media="([^"]*)"/i.exec(attributes)?.[1]
      sheets.push(media === undefined ? sheet : `@media ${media}{${sheet}}`)
      return ''
    })
    .replaceAll(/<(?:link|base|meta|script)\b[^>]*>/gi, '')
    .replaceAll(/<[^>]*>/g, (tag) => tag.replaceAll(/\sstyle(?=[\s=>/])/gi, ' data-style'))
  const document = new DOMParser().parseFromString(bare, 'text/html')
  for (const link of document.querySelectorAll('a')) {
    const { href } = link
    if (/^https?:/.test(href)) link.dataset.link = withoutCampaign(href)
    link.removeAttribute('href')
  }
  replacePictures(document)
  return { document, css: sheets.map(withoutElsewhere).join('\n') }
}

const isElsewhere = (address: string): boolean => {
  const { protocol, origin } = new URL(address, location.href)
  return protocol !== 'data:' && origin !== location.origin
}

/** Backgrounds of other origins are left out: nothing is asked of anybody else. */
const withoutElsewhere = (css: string): string =>
  css.replaceAll(/url\(\s*(["']?)(.*?)\1\s*\)/gi, (whole, _quote, address: string) =>
    URL.canParse(address, location.href) && isElsewhere(address) ? 'none' : whole,
  )

/**
 * Pictures of other origins are not loaded: whoever keeps them would learn who looks at the preview, and when. In their
 * place stands what they show, as in a mailbox that asks first, and where they come from.
 */
const replacePictures = (document: Document): void => {
  for (const element of document.querySelectorAll('[background], [srcset]')) {
    element.removeAttribute('background')
    element.removeAttribute('srcset')
  }
  for (const picture of document.querySelectorAll('img')) {
    const source = picture.getAttribute('src') ?? ''
    if (!URL.canParse(source, location.href) || !isElsewhere(source)) continue
    const { host } = new URL(source, location.href)
    const place = document.createElement('span')
    place.setAttribute('role', 'img')
    place.setAttribute('aria-label', [picture.alt, t.emails.elsewhere(host)].filter(Boolean).join(', '))
    place.title = t.emails.elsewhere(host)
    place.textContent = picture.alt || host
    const [width, height] = ['width', 'height'].map((name) =>
      Number.parseInt(picture.getAttribute(name) ?? '', 10),
    )
    place.dataset.style = [
      'display:inline-flex;align-items:center;justify-content:center;box-sizing:border-box;max-width:100%;overflow:hidden',
      'border:1px dashed currentColor;border-radius:4px;padding:4px 10px;font:13px/1.3 system-ui,sans-serif;opacity:.75',
      ...(width ? [`width:${width}px`] : []),
      ...(height ? [`min-height:${height}px`] : []),
    ].join(';')
    picture.replaceWith(place)
  }
}

/** The rules that a mailbox in this scheme would go by, whatever this browser's is. */
const inScheme = (sheet: string, isDark: boolean): string =>
  sheet
    .replaceAll(/@import[^;]*;/g, '')
    .replaceAll(/\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/gi, (_, scheme: string) =>
      (scheme.toLowerCase() === 'dark') === isDark ? '(min-width: 0)' : '(max-width: 0)',
    )

const fill = (frame: HTMLIFrameElement, html: string, isDark: boolean): void => {
  const inner = frame.contentWindow as (Window & typeof globalThis) | null
  const target = frame.contentDocument
  if (!inner || !target) return
  const parts = partsOf(html)
  const root = target.adoptNode(parts.document.documentElement)
  target.replaceChild(root, target.documentElement)
  for (const element of root.querySelectorAll<HTMLElement>('[data-style]'))
    if (element.dataset.style) element.style.cssText = withoutElsewhere(element.dataset.style)
  const sheet = new inner.CSSStyleSheet()
  sheet.replaceSync(`${inScheme(parts.css, isDark)}\n:root{color-scheme:${isDark ? 'dark' : 'light'}}`)
  target.adoptedStyleSheets = [sheet]
  root.lang ||= 'und'
  target.title = frame.title
}

const badge =
  'position:absolute;transform:translate(-50%,-50%);padding:2px 8px;border-radius:10px;font:600 12px/1.4 system-ui,sans-serif;font-variant-numeric:tabular-nums;white-space:nowrap;box-shadow:0 1px 3px rgb(0 0 0/.35)'

/** Puts a mark on each link with the share of the people who followed it. A list beside the email says the same. */
const markLinks = (frame: HTMLIFrameElement, shares: ReadonlyMap<string, number>): void => {
  const target = frame.contentDocument
  if (!target) return
  target.querySelector('[data-marks]')?.remove()
  const marks = target.createElement('div')
  marks.dataset.marks = ''
  marks.ariaHidden = 'true'
  marks.style.cssText = 'position:absolute;inset:0;pointer-events:none'
  const { accent, ink } = coloursOf(frame)
  for (const link of target.querySelectorAll<HTMLElement>('a[data-link]')) {
    const share = shares.get(link.dataset.link ?? '') ?? 0
    const { right, top } = (link.querySelector('img,[role=img]') ?? link).getBoundingClientRect()
    const mark = target.createElement('span')
    mark.textContent = shareText(share)
    const colours = share > 0 ? `background:${accent};color:${ink}` : 'background:#777;color:#fff'
    const { clientWidth } = target.documentElement
    mark.style.cssText = `${badge};${colours};left:${Math.min(right, clientWidth - 28)}px;top:${Math.max(10, top)}px`
    marks.append(mark)
  }
  target.body.append(marks)
}

/** The console's own, which the email's document does not know. */
const coloursOf = (frame: HTMLIFrameElement) => {
  const probe = document.createElement('span')
  probe.style.cssText = 'background:var(--accent);color:var(--on-accent)'
  frame.after(probe)
  const { backgroundColor: accent, color: ink } = getComputedStyle(probe)
  probe.remove()
  return { accent, ink }
}

const resize = (frame: HTMLIFrameElement): void => {
  const height = frame.contentDocument?.documentElement.scrollHeight ?? 0
  frame.style.height = `${Math.max(200, height)}px`
}

/** An email as a mailbox would show it. No script of it runs, no link leads anywhere, and it cannot reach the page around it. */
export const EmailFrame = ({ title, html, isDark, isPhone, shares }: EmailFrameProps) => {
  const frame = useRef<HTMLIFrameElement>(null)
  useEffect(() => {
    const element = frame.current
    if (!element) return
    fill(element, html, isDark)
    const show = () => {
      resize(element)
      if (shares) markLinks(element, shares)
    }
    show()
    const observer = new ResizeObserver(show)
    observer.observe(element)
    return () => observer.disconnect()
  }, [html, isDark, isPhone, shares])
  return (
    <iframe
      ref={frame}
      class={ui.mailFrame}
      title={title}
      sandbox="allow-same-origin"
      data-phone={isPhone || undefined}
      data-dark={isDark || undefined}
    />
  )
}
