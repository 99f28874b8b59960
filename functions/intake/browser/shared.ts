/** Name of the cookie that holds a visitor's id on the company's own site, and of the hidden field that brings it to a form. */
export const visitorCookie = 'trichter_visitor'
export const visitorField = '_visitor'

/** What the snippet is told: where the beacon and the forms are. */
export interface TrackConfig {
  readonly to: string
  readonly forms: string
}

/** What the script that puts a form into another site's page is told. */
export interface EmbedConfig {
  readonly action: string
  readonly language: string
  readonly title: string
  readonly style: string
  readonly markup: string
  readonly idField: string
  readonly stampField: string
  /** Where the hidden fields get their values: parameters of the page's address. */
  readonly sources: Readonly<Record<string, { readonly parameter: string; readonly longest: number }>>
  /** Where it goes on after it was sent; otherwise a text is shown. */
  readonly thanks?: string | undefined
  readonly accepted: string
  readonly confirmationSent: string
  readonly failed: string
}
