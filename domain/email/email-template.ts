/** One email in one language: front matter, and the MJML compiled to HTML with its Liquid left in place. */
export interface EmailTemplate {
  readonly subject: string
  readonly preheader: string
  readonly kind: 'marketing' | 'transactional'
  readonly html: string
}
