/** Name of the cookie with the visitor's id on the company's site, and of the hidden field that passes it to a form. */
export const visitorCookie = 'trichter_visitor'
export const visitorField = '_visitor'

/** Configuration of the tracking snippet: where the beacon and the forms are. */
export interface TrackConfig {
  readonly to: string
  readonly forms: string
}

/** Configuration of the script that embeds a form. */
export interface EmbedConfig {
  readonly action: string
  readonly language: string
  readonly title: string
  readonly style: string
  readonly markup: string
  readonly idField: string
  readonly stampField: string
  /** Sources of hidden fields: parameters of the page's address. */
  readonly sources: Readonly<Record<string, { readonly parameter: string; readonly longest: number }>>
  /** Page to open after submission; otherwise a text is shown. */
  readonly thanks?: string | undefined
  /** Markup that takes the form's place, by the status of the answer. */
  readonly done: { readonly accepted: string; readonly confirmation_sent: string }
  readonly failed: string
  /** The same script for a visitor whom a link of an email identifies; absent: this is it already. */
  readonly known?: string | undefined
}
