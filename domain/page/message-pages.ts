import { html } from './html.ts'
import { type PageFrame, renderPage } from './page-layout.ts'
import { pageTexts } from './page-texts.ts'

export const renderThanksPage = (frame: PageFrame, confirmationSent: boolean): string => {
  const texts = pageTexts(frame.language)
  return confirmationSent
    ? renderPage(frame, texts.confirmationSentTitle, html`<p>${texts.confirmationSent}</p>`)
    : renderPage(frame, texts.thanksTitle, html`<p>${texts.thanks}</p>`)
}

/** One button and nothing else: mail scanners follow links, but do not post. */
export const renderConfirmPage = (frame: PageFrame, wordings: readonly string[]): string => {
  const texts = pageTexts(frame.language)
  return renderPage(
    frame,
    texts.confirmTitle,
    html`<p>${texts.confirmIntro}</p>
${wordings.map((wording) => html`<blockquote>${wording}</blockquote>`)}
<form method="post"><button type="submit">${texts.confirm}</button></form>`,
  )
}

export const renderConfirmedPage = (frame: PageFrame): string => {
  const texts = pageTexts(frame.language)
  return renderPage(frame, texts.confirmedTitle, html`<p>${texts.confirmed}</p>`)
}

/** Confirming again changes nothing. */
export const renderAlreadyConfirmedPage = (frame: PageFrame): string => {
  const texts = pageTexts(frame.language)
  return renderPage(frame, texts.alreadyConfirmedTitle, html`<p>${texts.alreadyConfirmed}</p>`)
}

/** A link that confirms nothing any more. @param form address of where to sign up anew. */
export const renderLinkOverPage = (frame: PageFrame, form: string | undefined): string => {
  const texts = pageTexts(frame.language)
  return renderPage(
    frame,
    texts.linkOverTitle,
    html`<p>${texts.linkOver}</p>
${form !== undefined && html`<p><a href="${form}">${texts.signUpAgain}</a></p>`}`,
  )
}

export const renderUnsubscribedPage = (frame: PageFrame): string => {
  const texts = pageTexts(frame.language)
  return renderPage(frame, texts.unsubscribedTitle, html`<p>${texts.unsubscribed}</p>`)
}

export const renderNotFoundPage = (frame: PageFrame, what: 'form' | 'link'): string => {
  const texts = pageTexts(frame.language)
  const text = what === 'form' ? texts.formNotFound : texts.linkNotFound
  return renderPage(frame, texts.notFoundTitle, html`<p>${text}</p>`)
}
