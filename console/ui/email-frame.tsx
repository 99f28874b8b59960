import { useEffect, useRef } from 'preact/hooks'
import ui from './ui.module.css'

interface EmailFrameProps {
  readonly title: string
  readonly html: string
  readonly isDark: boolean
  readonly isPhone: boolean
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
  for (const link of document.querySelectorAll('a')) link.removeAttribute('href')
  return { document, css: sheets.join('\n') }
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
    if (element.dataset.style) element.style.cssText = element.dataset.style
  const sheet = new inner.CSSStyleSheet()
  sheet.replaceSync(`${inScheme(parts.css, isDark)}\n:root{color-scheme:${isDark ? 'dark' : 'light'}}`)
  target.adoptedStyleSheets = [sheet]
  root.lang ||= 'und'
  target.title = frame.title
}

const resize = (frame: HTMLIFrameElement): void => {
  const height = frame.contentDocument?.documentElement.scrollHeight ?? 0
  frame.style.height = `${Math.max(200, height)}px`
}

/** An email as a mailbox would show it. No script of it runs, no link leads anywhere, and it cannot reach the page around it. */
export const EmailFrame = ({ title, html, isDark, isPhone }: EmailFrameProps) => {
  const frame = useRef<HTMLIFrameElement>(null)
  useEffect(() => {
    const element = frame.current
    if (!element) return
    fill(element, html, isDark)
    resize(element)
    const observer = new ResizeObserver(() => resize(element))
    observer.observe(element)
    return () => observer.disconnect()
  }, [html, isDark, isPhone])
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
