import type { Localized } from '../form/form.ts'
import type { Brand, Company, Settings, Tone } from '../playbook/settings.ts'
import { Html, type HtmlValue, html } from './html.ts'
import { pageStyle } from './page-style.ts'
import { type PageTexts, pageTexts } from './page-texts.ts'
import { privacyOf } from './privacy.ts'

/** What stands around every page, and how it speaks. */
export interface PageFrame {
  readonly language: string
  readonly company: Company
  readonly brand?: Brand | undefined
  readonly tone?: Tone | undefined
  /** Address of the privacy policy where it is not the company's. */
  readonly privacy?: string | Localized | undefined
  /** Other languages of the page, with the address of each. */
  readonly others?: readonly { readonly language: string; readonly address: string }[]
  /** There is much to fill in: two columns where there is room. */
  readonly isWide?: boolean
}

export const frameOf = (
  { company, brand, tone }: Pick<Settings, 'company' | 'brand' | 'tone'>,
  language: string,
): PageFrame => ({ language, company, brand, tone })

export const textsOf = ({ language, tone }: PageFrame): PageTexts => pageTexts(language, tone)

/** Address of the privacy policy that holds for a page. */
export const policyOf = ({ privacy, company, language }: PageFrame): string | undefined =>
  privacyOf(privacy ?? company.privacy, language)

const nameOf = (language: string): string =>
  new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language

const capitalised = (name: string): string => name.charAt(0).toLocaleUpperCase() + name.slice(1)

const languageLinks = (others: NonNullable<PageFrame['others']>): Html =>
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

/** A whole page: one card with a heading, and imprint and privacy policy below. Search engines are asked to pass by. */
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
