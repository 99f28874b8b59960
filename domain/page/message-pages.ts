import { addressIn, localize, type OwnPage } from '../model/form.ts'
import { type Html, html, type PageFrame, renderPage, richText, textsOf } from './page-layout.ts'

/** Where a visitor continues from a final page. */
interface Onward {
  readonly address: string
  readonly label: string
}

const onwardLink = ({ address, label }: Onward): Html =>
  html`<p><a class="button" href="${address}">${label}</a></p>`

/** The company's site is taken from its imprint. */
const toSite = (frame: PageFrame): Html =>
  html`<p><a href="${new URL(frame.company.imprint).origin}/">${textsOf(frame).toSite(frame.company.name)}</a></p>`

/** A form's custom text, and its link. */
const ownWords = (frame: PageFrame, { text, link }: OwnPage): Html => {
  const { language } = frame
  const paragraphs = localize(text, language)
    .split(/\n+/)
    .filter((one) => one.trim() !== '')
  return html`${paragraphs.map((one) => html`<p>${richText(one)}</p>`)}${
    link === undefined
      ? toSite(frame)
      : onwardLink({ address: addressIn(link.address, language), label: localize(link.label, language) })
  }`
}

const ownPage = (frame: PageFrame, own: OwnPage, title: string): string =>
  renderPage(
    frame,
    own.title === undefined ? title : localize(own.title, frame.language),
    ownWords(frame, own),
  )

/** What is said after a form was sent, and its heading, if it has one of its own. */
export const thanksWords = (
  frame: PageFrame,
  confirmationSent: boolean,
  own?: OwnPage,
): { readonly title?: string; readonly words: Html } => {
  const texts = textsOf(frame)
  if (confirmationSent)
    return { words: html`<p>${texts.confirmationSent}</p>${own !== undefined && ownWords(frame, own)}` }
  if (own === undefined) return { words: html`<p>${texts.thanks}</p>` }
  return {
    ...(own.title !== undefined && { title: localize(own.title, frame.language) }),
    words: ownWords(frame, own),
  }
}

export const renderThanksPage = (frame: PageFrame, confirmationSent: boolean, own?: OwnPage): string => {
  const texts = textsOf(frame)
  if (confirmationSent)
    return renderPage(
      frame,
      texts.confirmationSentTitle,
      html`<p>${texts.confirmationSent}</p>${own !== undefined && ownWords(frame, own)}`,
    )
  if (own !== undefined) return ownPage(frame, own, texts.thanksTitle)
  return renderPage(frame, texts.thanksTitle, html`<p>${texts.thanks}</p>${toSite(frame)}`)
}

/** A button is needed: mail scanners follow links, but do not post. */
export const renderConfirmPage = (frame: PageFrame, wordings: readonly string[]): string => {
  const texts = textsOf(frame)
  return renderPage(
    frame,
    texts.confirmTitle,
    html`<p>${texts.confirmIntro}</p>
${wordings.map((wording) => html`<blockquote>${richText(wording)}</blockquote>`)}
<form method="post"><button type="submit">${texts.confirm}</button></form>`,
  )
}

/** @param own the custom page of the form that asked for it. */
export const renderConfirmedPage = (frame: PageFrame, own?: OwnPage): string => {
  const texts = textsOf(frame)
  if (own !== undefined) return ownPage(frame, own, texts.confirmedTitle)
  return renderPage(frame, texts.confirmedTitle, html`<p>${texts.confirmed}</p>${toSite(frame)}`)
}

/** Confirming again changes nothing, but shows the form's download again. */
export const renderAlreadyConfirmedPage = (frame: PageFrame, own?: OwnPage): string => {
  const texts = textsOf(frame)
  if (own !== undefined) return ownPage(frame, own, texts.alreadyConfirmedTitle)
  return renderPage(
    frame,
    texts.alreadyConfirmedTitle,
    html`<p>${texts.alreadyConfirmed}</p>${toSite(frame)}`,
  )
}

/** An expired link. @param form address to sign up again. */
export const renderLinkOverPage = (frame: PageFrame, form: string | undefined): string => {
  const texts = textsOf(frame)
  return renderPage(
    frame,
    texts.linkOverTitle,
    html`<p>${texts.linkOver}</p>
${form !== undefined && html`<p><a href="${form}">${texts.signUpAgain}</a></p>`}`,
  )
}

/** For people who were signed up by somebody else. */
export const renderNotMePage = (frame: PageFrame): string => {
  const texts = textsOf(frame)
  return renderPage(
    frame,
    texts.notMeTitle,
    html`<p>${texts.notMeIntro}</p>
<form method="post"><button type="submit">${texts.notMe}</button></form>`,
  )
}

export const renderNotMeDonePage = (frame: PageFrame): string => {
  const texts = textsOf(frame)
  return renderPage(frame, texts.notMeDoneTitle, html`<p>${texts.notMeDone}</p>`)
}

/** @param settings address of the preference page. */
export const renderUnsubscribedPage = (frame: PageFrame, settings?: string): string => {
  const texts = textsOf(frame)
  return renderPage(
    frame,
    texts.unsubscribedTitle,
    html`<p>${texts.unsubscribed}</p>
${settings !== undefined && html`<p><a href="${settings}">${texts.chooseInstead}</a></p>`}${toSite(frame)}`,
  )
}

export const renderNotFoundPage = (frame: PageFrame, what: 'form' | 'link'): string => {
  const texts = textsOf(frame)
  const text = what === 'form' ? texts.formNotFound : texts.linkNotFound
  return renderPage(frame, texts.notFoundTitle, html`<p>${text}</p>${toSite(frame)}`)
}
