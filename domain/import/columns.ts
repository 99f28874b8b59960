/** Where a file comes from, told by its columns. */
type ExportOf = 'hubspot' | 'mailchimp' | 'mautic' | 'salesforce' | 'zoho' | 'brevo'

interface Preset {
  /** All of them stand in such a file, as `plain` writes them. */
  readonly knownBy: readonly string[]
  readonly columns: Readonly<Record<string, string | null>>
}

/** A column's name without what differs between versions and languages of one program: case, signs, spaces. */
const plain = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')

/** Column names as people and programs write them, in the form of `plain`. */
const usual: Readonly<Record<string, string>> = {
  ...{ email: 'email', emailaddress: 'email', mail: 'email', emailadresse: 'email', emailid: 'email' },
  ...{ emailaddresses: 'email', mailadresse: 'email', contactemail: 'email', workemail: 'email' },
  ...{ firstname: 'firstName', vorname: 'firstName', givenname: 'firstName', prenom: 'firstName' },
  ...{
    lastname: 'lastName',
    nachname: 'lastName',
    surname: 'lastName',
    familyname: 'lastName',
    name: 'lastName',
  },
  ...{ company: 'company', companyname: 'company', firma: 'company', unternehmen: 'company' },
  ...{ organization: 'company', organisation: 'company', account: 'company', accountname: 'company' },
  ...{ associatedcompany: 'company', country: 'country', land: 'country', countryregion: 'country' },
  ...{ countrycode: 'country', mailingcountry: 'country', language: 'language', sprache: 'language' },
  ...{ preferredlanguage: 'language', preferredlocale: 'language', locale: 'language' },
  ...{ timezone: 'timeZone', zeitzone: 'timeZone', phone: 'phone', telefon: 'phone', phonenumber: 'phone' },
  ...{ telefonnummer: 'phone', telephone: 'phone', mobile: 'phone', mobilephone: 'phone', sms: 'phone' },
  ...{ role: 'role', rolle: 'role', jobtitle: 'role', title: 'role', position: 'role', funktion: 'role' },
  ...{ employees: 'employees', numberofemployees: 'employees', mitarbeiter: 'employees' },
  ...{ noofemployees: 'employees', mitarbeitende: 'employees' },
  ...{ unsubscribed: '$unsubscribed', optedout: '$unsubscribed', emailoptout: '$unsubscribed' },
  ...{ abgemeldet: '$unsubscribed', blocklisted: '$unsubscribed', hasoptedoutofemail: '$unsubscribed' },
  ...{ unsubscribedfromallemail: '$unsubscribed', einwilligungam: '$consentAt', consentdate: '$consentAt' },
  ...{ eingewilligtam: '$consentAt', einwilligungsdatum: '$consentAt', consentedat: '$consentAt' },
}

/** Exports of other programs, by the columns that only theirs have. */
const presets: Readonly<Record<ExportOf, Preset>> = {
  hubspot: {
    knownBy: ['recordid', 'lifecyclestage'],
    columns: { recordid: null, unsubscribedfromallemail: '$unsubscribed', contactowner: null },
  },
  mailchimp: {
    knownBy: ['emailaddress', 'memberrating', 'leid', 'euid'],
    columns: {
      ...{ memberrating: null, leid: null, euid: null, optinip: null, confirmip: null, latitude: null },
      ...{ longitude: null, gmtoff: null, dstoff: null, region: null, lastchanged: null, notes: null },
      ...{ confirmtime: '$consentAt', optintime: null, cc: 'country', timezone: 'timeZone', tags: 'tags' },
      ...{ unsubtime: null, unsubcampaigntitle: null, unsubreason: null },
    },
  },
  mautic: {
    knownBy: ['firstname', 'lastname', 'email', 'points', 'dateidentified'],
    columns: { id: null, points: null, dateidentified: null, lastactive: null, preferredlocale: 'language' },
  },
  salesforce: {
    knownBy: ['hasoptedoutofemail', 'leadsource'],
    columns: { id: null, hasoptedoutofemail: '$unsubscribed', isdeleted: null, leadsource: 'source' },
  },
  zoho: {
    knownBy: ['recordid', 'emailoptout'],
    columns: { recordid: null, emailoptout: '$unsubscribed', leadsource: 'source', leadowner: null },
  },
  brevo: {
    knownBy: ['contactid', 'email', 'emailblocklisted'],
    columns: { contactid: null, emailblocklisted: '$unsubscribed', smsblocklisted: null, addedtime: null },
  },
}

const isExportOf = (preset: Preset, names: ReadonlySet<string>): boolean =>
  preset.knownBy.every((name) => names.has(name))

/** The name of an attribute for a column that nothing is known of: `Letzter Kauf` becomes `letzterKauf`. */
const attributeFor = (column: string): string | null => {
  const words = column
    .normalize('NFKD')
    .replace(/ß/g, 'ss')
    .replace(/\p{M}/gu, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
  const [first = '', ...others] = words.map((word) => word.toLowerCase())
  const name = [first, ...others.map((word) => word.charAt(0).toUpperCase() + word.slice(1))]
    .join('')
    .slice(0, 64)
  return /^[a-z]/.test(name) ? name : null
}

export interface GuessedColumns {
  /** Absent: of no program that is known. */
  readonly exportOf?: ExportOf
  readonly mapping: Readonly<Record<string, string | null>>
  /** Columns that become attributes under a name made of their own: nothing is known of them. */
  readonly unknown: readonly string[]
}

/**
 * What the columns of a file mean. Where several would be the same attribute, the first one is.
 * @param known further attributes by name: those of the playbook.
 */
export const guessColumns = (columns: readonly string[], known: readonly string[] = []): GuessedColumns => {
  const names = new Set(columns.map(plain))
  const found = Object.entries(presets).find(([, preset]) => isExportOf(preset, names))
  const own = found?.[1].columns ?? {}
  const attributes = new Map(known.map((name) => [plain(name), name]))
  const taken = new Set<string>()
  const unknown: string[] = []
  const mapping = columns.map((column): readonly [string, string | null] => {
    const name = plain(column)
    const meant = Object.hasOwn(own, name) ? own[name] : (attributes.get(name) ?? usual[name])
    const target = meant === undefined ? attributeFor(column) : meant
    if (target === null || taken.has(target)) return [column, null]
    if (meant === undefined) unknown.push(column)
    taken.add(target)
    return [column, target]
  })
  const exportOf = found?.[0] as ExportOf | undefined
  return { ...(exportOf && { exportOf }), mapping: Object.fromEntries(mapping), unknown }
}

/** Columns that stand there more than once: nobody can tell which of them is meant. */
export const repeatedColumns = (columns: readonly string[]): readonly string[] => [
  ...new Set(columns.filter((name, index) => name !== '' && columns.indexOf(name) !== index)),
]
