import { type Localized, localize } from '../model/form.ts'
import type { Brand, Company, Settings, Tone } from '../model/settings.ts'
import type { Texts } from '../texts/en.ts'
import { textsIn } from '../texts/texts.ts'

type Rgb = readonly [number, number, number]

const partOf = (hex: string, at: number): number => Number.parseInt(hex.slice(at, at + 2), 16)

const rgbOf = (hex: string): Rgb => [partOf(hex, 1), partOf(hex, 3), partOf(hex, 5)]

const hexOf = (rgb: Rgb): string =>
  `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`

/** WCAG 2.2, relative luminance. */
const luminance = (rgb: Rgb): number => {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}

/** WCAG 2.2, contrast ratio: 1 to 21. Colours are `#rrggbb`. */
export const contrast = (one: string, other: string): number => {
  const [light = 0, dark = 0] = [luminance(rgbOf(one)), luminance(rgbOf(other))].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

const black = '#000000'
const white = '#ffffff'

/** The more legible text colour, black or white: the contrast is at least 4.58. */
export const textOn = (colour: string): string =>
  contrast(colour, white) >= contrast(colour, black) ? white : black

const mixed = (colour: string, other: string, share: number): string => {
  const [red, green, blue] = rgbOf(colour)
  const [toRed, toGreen, toBlue] = rgbOf(other)
  const between = (from: number, to: number): number => from + (to - from) * share
  return hexOf([between(red, toRed), between(green, toGreen), between(blue, toBlue)])
}

/** The colour nearest to `colour` that is legible on `ground` (4.5). */
export const readableOn = (colour: string, ground: string): string => {
  const towards = textOn(ground)
  for (let share = 0; share < 1; share += 0.05) {
    const tried = mixed(colour, towards, share)
    if (contrast(tried, ground) >= 4.5) return tried
  }
  return towards
}

const paper = { light: '#ffffff', dark: '#1b222b' }
const ground = { light: '#f2f4f7', dark: '#12171d' }
const soft = { light: '#566270', dark: '#a5b0bd' }
const accent = { light: '#0b5cad', dark: '#6fb1f5' }

const families: Readonly<Record<string, string>> = {
  sans: 'system-ui,-apple-system,"Segoe UI",Roboto,sans-serif',
  serif: 'Georgia,"Iowan Old Style","Times New Roman",serif',
  rounded: 'ui-rounded,"SF Pro Rounded","Hiragino Maru Gothic ProN",Quicksand,system-ui,sans-serif',
  mono: 'ui-monospace,"SF Mono",Menlo,Consolas,monospace',
}

/** CSS font families: a built-in stack by its name, else as given. */
const fontFamily = (font = 'sans'): string =>
  Object.hasOwn(families, font) ? (families[font] ?? font) : `${font},sans-serif`

/** In dark mode the background is ours, and the accent is lightened until it is legible. */
const colours = (brand: Brand, scheme: 'light' | 'dark'): string => {
  const under = scheme === 'light' ? (brand.background ?? ground.light) : ground.dark
  const chosen = brand.accent ?? accent[scheme]
  const button = scheme === 'dark' ? readableOn(chosen, paper.dark) : chosen
  return [
    `--accent:${button}`,
    `--on-accent:${textOn(button)}`,
    `--link:${readableOn(chosen, paper[scheme])}`,
    `--ground:${under}`,
    `--on-ground:${readableOn(soft[scheme], under)}`,
  ].join(';')
}

/** The stylesheet of all public pages, inlined: one request shows the page, and the content security policy contains its hash. */
export const pageStyle = (brand: Brand = {}): string => `
:root{color-scheme:light dark;--ink:#1b2430;--soft:${soft.light};--paper:${paper.light};--line:#8a95a3;--edge:#e1e6ec;--bad:#b3261e;--bad-ground:#fdf1f0;${colours(brand, 'light')}}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf1;--soft:${soft.dark};--paper:${paper.dark};--line:#73808f;--edge:#2c3641;--bad:#ff9d94;--bad-ground:#3a1f1d;${colours(brand, 'dark')}}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;background:var(--ground);color:var(--ink);font:1.0625rem/1.55 ${fontFamily(brand.font)}}
main{width:100%;max-width:34rem;margin:auto;padding:2.5rem 1.25rem}
main.wide{max-width:54rem}
.card{background:var(--paper);border:1px solid var(--edge);border-radius:14px;padding:clamp(1.5rem,5vw,2.75rem);box-shadow:0 1px 2px rgb(0 0 0/.05),0 12px 32px rgb(0 0 0/.07)}
.top{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:.5rem 1rem;margin:0 0 1.25rem}
.company{margin:0;color:var(--soft);font-size:.9375rem}
.logo{display:block;height:2.5rem;width:auto;max-width:14rem;object-fit:contain;object-position:left}
.languages{display:flex;gap:.75rem;font-size:.9375rem}
a{color:var(--link)}
h1{margin:0 0 .75rem;font-size:clamp(1.5rem,5vw,1.875rem);line-height:1.2;letter-spacing:-.01em;text-wrap:balance}
p{margin:0 0 1rem}
.card>:last-child,.card>form>:last-child{margin-bottom:0}
form+form,form+section,section+form{margin-top:1.75rem;padding-top:1.75rem;border-top:1px solid var(--edge)}
form+form h2:first-child,form+section h2:first-child{margin-top:0}
.note,.wording,footer{color:var(--soft);font-size:.9375rem}
.field{margin:0 0 1.25rem}
.field>.note{margin:.3rem 0 0}
label,legend{display:block;margin:0 0 .35rem;font-size:1rem;font-weight:500}
.words{white-space:pre-line;overflow-wrap:anywhere}
.check{display:flex;gap:.625rem;align-items:flex-start;padding:.2rem 0}
.check label{margin:0;font-weight:400}
.under{padding-left:1.875rem}
.under .note{margin:.1rem 0 .25rem}
fieldset{min-width:0;margin:0 0 1.25rem;padding:0;border:0}
legend{padding:0}
input,select,textarea{width:100%;padding:.5rem .75rem;border:1px solid var(--line);border-radius:8px;background:var(--paper);color:inherit;font:inherit}
input,select{height:3rem}
input::placeholder,textarea::placeholder{color:var(--soft);opacity:1}
select{appearance:none;padding-right:2.25rem;background-image:linear-gradient(45deg,transparent 50%,currentColor 50%),linear-gradient(135deg,currentColor 50%,transparent 50%);background-position:calc(100% - 1.15rem) 1.3rem,calc(100% - .8rem) 1.3rem;background-size:.36rem .36rem;background-repeat:no-repeat}
input[type=checkbox],input[type=radio]{width:1.25rem;height:1.25rem;margin:.15rem 0 0;padding:0;flex:none;accent-color:var(--accent)}
textarea{min-height:7rem;resize:vertical}
[aria-invalid=true]{border-color:var(--bad);outline:1px solid var(--bad)}
.error{margin:.3rem 0 0;color:var(--bad);font-size:.9375rem}
.errors{margin:0 0 1.25rem;padding:.875rem 1rem;border-left:4px solid var(--bad);border-radius:6px;background:var(--bad-ground)}
.errors p{margin:0 0 .25rem;font-weight:600}
.errors p:last-child{margin:0}
.errors ul{margin:0;padding-left:1.2rem}
.errors a{color:inherit}
button,.button{display:block;width:100%;padding:.8rem 1.25rem;border:0;border-radius:8px;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
button.second{background:none;color:var(--link);box-shadow:inset 0 0 0 1px var(--line)}
button:hover,.button:hover{filter:brightness(1.1)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
h2{margin:1.75rem 0 .75rem;font-size:1.125rem;line-height:1.3}
section>h2:first-child{margin-top:0}
dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1.25rem;margin:0 0 1.5rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.lead{font-size:1.1875rem;overflow-wrap:anywhere}
blockquote{margin:0 0 1.25rem;padding:.25rem 0 .25rem 1rem;border-left:3px solid var(--edge);color:var(--soft)}
details{margin:.25rem 0;color:var(--soft);font-size:.9375rem}
summary{width:fit-content;cursor:pointer;text-decoration:underline}
details blockquote{margin:.5rem 0}
.trap{position:absolute;left:-100vw;width:1px;height:1px;overflow:hidden}
footer{padding:1.25rem;text-align:center;color:var(--on-ground)}
footer a{color:inherit}
@media (min-width:48rem){.wide .fields{display:grid;grid-template-columns:1fr 1fr;column-gap:1.5rem;align-items:start}.wide .whole{grid-column:1/-1}.wide button{width:auto;min-width:16rem}}
`

/** Safe markup: everything from outside in it is escaped. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type HtmlValue = string | number | Html | undefined | false | readonly HtmlValue[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? '')

const markup = (value: HtmlValue): string => {
  if (value === undefined || value === false) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  return value.map(markup).join('')
}

/** Template tag: escapes values unless they are `Html`, and omits `undefined` and `false`. Attributes must be quoted. */
export const html = (parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
  new Html(parts.map((part, index) => part + markup(values[index])).join(''))

/** Address of the privacy policy in a language, if there is one. */
export const privacyOf = (privacy: string | Localized | undefined, language: string): string | undefined => {
  if (privacy === undefined || typeof privacy === 'string') return privacy
  return localize(privacy, language) || undefined
}

/** Frame and language of every page. */
export interface PageFrame {
  readonly language: string
  readonly company: Company
  readonly brand?: Brand | undefined
  readonly tone?: Tone | undefined
  /** The form's own privacy policy, if any. */
  readonly privacy?: string | Localized | undefined
  /** Links to the page in other languages. */
  readonly others?: readonly { readonly language: string; readonly address: string }[]
  /** Two columns where there is room. */
  readonly isWide?: boolean
}

export const frameOf = (
  { company, brand, tone }: Pick<Settings, 'company' | 'brand' | 'tone'>,
  language: string,
): PageFrame => ({ language, company, brand, tone })

export const textsOf = ({ language, tone }: PageFrame): Texts['page'] => textsIn(language, tone).page

/** The privacy policy that applies to a page. */
export const policyOf = ({ privacy, company, language }: PageFrame): string | undefined =>
  privacyOf(privacy ?? company.privacy, language)

const nameOf = (language: string): string =>
  new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language

const capitalised = (name: string): string => name.charAt(0).toLocaleUpperCase() + name.slice(1)

export const languageLinks = (others: NonNullable<PageFrame['others']>): Html =>
  html`<nav class="languages">${others.map(
    ({ language, address }) =>
      html`<a href="${address}" lang="${language}" hreflang="${language}">${capitalised(nameOf(language))}</a>`,
  )}</nav>`

const footer = (frame: PageFrame): Html => {
  const { company } = frame
  const texts = textsOf(frame)
  const policy = policyOf(frame)
  return html`<footer>${company.name}, ${company.address} · <a href="${company.imprint}">${texts.imprint}</a>${
    policy !== undefined && html` · <a href="${policy}">${texts.privacy}</a>`
  }</footer>`
}

/** A complete page: a card with a heading, and a footer with imprint and privacy policy. Not indexed by search engines. */
export const renderPage = (frame: PageFrame, title: string, content: HtmlValue): string => {
  const { language, company, brand, others = [] } = frame
  const head =
    brand?.logo === undefined
      ? html`<p class="company">${company.name}</p>`
      : html`<img class="logo" src="${brand.logo}" alt="${company.name}">`
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – ${company.name}</title>
<style>${new Html(pageStyle(brand))}</style>
</head>
<body>
<main${frame.isWide === true && html` class="wide"`}>
<div class="card">
<div class="top">${head}${others.length > 0 && languageLinks(others)}</div>
<h1>${title}</h1>
${content}
</div>
</main>
${footer(frame)}
</body>
</html>
`.text
}

/** `[text](https://…)`; other markup is plain text. */
const link = /\[([^[\]\n]{1,300})\]\((https:\/\/[^\s()<>"']{1,2000})\)/g

type Piece = { readonly text: string; readonly address?: string }

/** Splits a text of the playbook into links and plain text. */
export const piecesOf = (source: string): readonly Piece[] => {
  const pieces: Piece[] = []
  let at = 0
  for (const found of source.matchAll(link)) {
    const [whole, text = '', address = ''] = found
    if (!URL.canParse(address)) continue
    pieces.push({ text: source.slice(at, found.index) }, { text, address })
    at = found.index + whole.length
  }
  return [...pieces, { text: source.slice(at) }]
}

/** A text of the playbook with its links. They open in a new tab, so that nobody loses their input. */
export const richText = (source: string): Html =>
  html`${piecesOf(source).map(({ text, address }) =>
    address === undefined ? text : html`<a href="${address}" target="_blank" rel="noopener">${text}</a>`,
  )}`

/** A text without HTML links: `text (https://…)`. */
export const plainText = (source: string): string =>
  piecesOf(source)
    .map(({ text, address }) => (address === undefined ? text : `${text} (${address})`))
    .join('')

/** A text without the addresses of its links. */
export const wordsAlone = (source: string): string =>
  piecesOf(source)
    .map(({ text }) => text)
    .join('')

/** Texts of links with other schemes than https, which stay plain text. */
export const brokenLinks = (source: string): readonly string[] =>
  [...source.matchAll(/\[[^[\]\n]{1,300}\]\(([^()\s]*)\)/g)].flatMap(([whole, address = '']) =>
    /^https:\/\//.test(address) && URL.canParse(address) ? [] : [whole],
  )
