import type { Settings } from '../playbook/settings.ts'
import { Html, type HtmlValue, html } from './html.ts'
import { pageStyle } from './page-style.ts'
import { pageTexts } from './page-texts.ts'

export interface PageFrame {
  readonly language: string
  readonly company: Settings['company']
}

/** A whole page: one card with a heading, and the imprint below. Search engines are asked to pass by. */
export const renderPage = ({ language, company }: PageFrame, title: string, content: HtmlValue): string =>
  html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – ${company.name}</title>
<style>${new Html(pageStyle)}</style>
</head>
<body>
<main>
<div class="card">
<p class="company">${company.name}</p>
<h1>${title}</h1>
${content}
</div>
</main>
<footer>${company.name}, ${company.address} · <a href="${company.imprint}">${pageTexts(language).imprint}</a></footer>
</body>
</html>
`.text
