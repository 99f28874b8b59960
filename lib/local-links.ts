interface Listed {
  readonly forms: Readonly<Record<string, { readonly id: string; readonly languages: readonly string[] }>>
  /** By name, then by language. */
  readonly emails: Readonly<Record<string, Readonly<Record<string, object>>>>
}

/** What the local runner lists on its first page. */
export const localLinks = ({ forms, emails }: Listed) => [
  { group: 'Console', text: 'For marketing, sales and admins', path: '/' },
  ...Object.values(forms).flatMap(({ id, languages }) =>
    languages.map((language) => ({
      group: 'Forms',
      text: id,
      variant: language,
      path: `/f/${id}?lang=${language}`,
    })),
  ),
  ...Object.entries(emails).flatMap(([email, versions]) =>
    Object.keys(versions).map((language) => ({
      group: 'Emails of the playbook, with sample values',
      text: email,
      variant: language,
      path: `/_local/as/marketing/api/emails/${email}/preview?language=${language}`,
    })),
  ),
  { group: 'API, as a signed-in user', text: 'Leads', path: '/_local/as/marketing/api/leads?sort=score' },
  { group: 'API, as a signed-in user', text: 'Handoffs', path: '/_local/as/sales/api/handoffs' },
  { group: 'API, as a signed-in user', text: 'Teams', path: '/_local/as/sales/api/teams' },
  { group: 'API, as a signed-in user', text: 'Sequences', path: '/_local/as/marketing/api/sequences' },
  { group: 'API, as a signed-in user', text: 'Sending', path: '/_local/as/marketing/api/sending' },
]

/** What the template says to the local runner alone: what to list, and which pictures emails may show there. */
export const localMetadata = (links: readonly object[]) => ({
  LocalLinks: links,
  LocalPictures: ['/assets/'],
})
