/** One email in one language: front matter, and the MJML compiled to HTML with its Liquid left in place. */
export interface EmailTemplate {
  readonly subject: string
  readonly preheader: string
  readonly kind: 'marketing' | 'transactional'
  /** Of marketing mail: what the reader must have consented to. Absent: the first of the settings. */
  readonly purpose?: string
  readonly html: string
}
