import { type Html, html } from '../../page/html.ts'
import type { FilledForm, LeadAnswer } from '../brief/lead-answers.ts'
import { type AnswerTexts, answerTexts } from './answer-texts.ts'

/** Whom a handoff is about, as far as it is known; empty texts are left out. */
export interface LeadCard {
  readonly name: string
  readonly company: string
  readonly email: string
  readonly phone: string
  /** What they wrote, the latest first. */
  readonly forms: readonly FilledForm[]
}

/** A name and a company on one line. */
export const leadHeading = ({ name, company }: LeadCard, texts: AnswerTexts): string => {
  const who = [name, company].filter((part) => part !== '').join(', ')
  return who === '' ? texts.unnamed : who
}

const contact = (label: string, scheme: string, text: string): Html | false =>
  text !== '' && html`<dt>${label}</dt><dd><a href="${scheme}${text}">${text}</a></dd>`

const answer = ({ label, text, phone }: LeadAnswer): Html =>
  html`<dt>${label}</dt><dd class="words">${phone === '' ? text : html`<a href="tel:${phone}">${text}</a>`}</dd>`

/** How to reach the lead, and what it wrote in its own words. */
export const renderLeadCard = (lead: LeadCard, language: string): Html => {
  const texts = answerTexts(language)
  const { email, phone, forms } = lead
  return html`<dl>${contact(texts.email, 'mailto:', email)}${contact(texts.phone, 'tel:', phone)}</dl>
${forms.map(
  ({ title, when, answers }) =>
    html`<section><h2>${title}</h2><p class="note">${when}</p><dl>${answers.map(answer)}</dl></section>`,
)}`
}
