import { memberAttribute } from './conditions.ts'
import type { Endpoint, ExportedEndpoint, PinpointExport } from './export.ts'
import { attributeName, momentOf } from './names.ts'
import { counted, type Tell } from './report.ts'

/** A person of the import file: attributes by name, as texts. */
interface Contact {
  readonly email: string
  readonly values: ReadonlyMap<string, string>
}

export interface Contacts {
  /** Columns of the import file, `email` first. */
  readonly columns: readonly string[]
  readonly contacts: readonly Contact[]
  /** Addresses that want no mail. */
  readonly optedOut: ReadonlySet<string>
}

const localeOf = (locale: string): string => locale.replaceAll('_', '-')

const flat = (given: Readonly<Record<string, unknown>> | null | undefined): readonly [string, string][] =>
  Object.entries(given ?? {}).flatMap(([name, value]): [string, string][] => {
    const list = (Array.isArray(value) ? value : [value]).filter((one) => one !== null && one !== undefined)
    const text = list.map(String).join('; ').trim()
    return text === '' ? [] : [[attributeName(name), text]]
  })

/** Attributes of an endpoint and of its user; what is said of the endpoint goes before. */
const attributesOf = ({ Attributes, Metrics, Location, Demographic, User }: Endpoint) => {
  const { Latitude: _north, Longitude: _east, ...place } = Location ?? {}
  const values = new Map<string, string>([
    ...flat(Demographic),
    ...flat(place),
    ...flat(User?.UserAttributes),
    ...flat(Metrics),
    ...flat(Attributes),
    ...(User?.UserId ? [['userId', User.UserId] as [string, string]] : []),
  ])
  values.delete('email')
  const language = values.get('language')
  if (language !== undefined) values.set('language', localeOf(language))
  return values
}

const isAddress = (text: string): boolean => /^[^\s@<>,;"]+@[^\s@]+\.[^\s@]+$/.test(text)

/** Attributes of which some endpoint has several values. */
export const severalValued = (endpoints: readonly ExportedEndpoint[]): ReadonlySet<string> =>
  new Set(
    endpoints.flatMap(({ endpoint: { Attributes, User } }) =>
      [...Object.entries(Attributes ?? {}), ...Object.entries(User?.UserAttributes ?? {})]
        .filter(([, values]) => values.length > 1)
        .map(([name]) => attributeName(name)),
    ),
  )

/** Phone numbers by user: a text message's endpoint says only that. */
const phonesOf = (endpoints: readonly ExportedEndpoint[]): ReadonlyMap<string, string> =>
  new Map(
    endpoints.flatMap(({ endpoint: { ChannelType, Address, User } }): [string, string][] =>
      (ChannelType === 'SMS' || ChannelType === 'VOICE') && Address && User?.UserId
        ? [[User.UserId, Address]]
        : [],
    ),
  )

const since = ({ EffectiveDate }: Endpoint): string => momentOf(EffectiveDate ?? '') ?? ''

const addTo = (
  values: Map<string, string>,
  { file, endpoint }: ExportedEndpoint,
  phones: ReadonlyMap<string, string>,
  segments: PinpointExport['segments'],
): void => {
  for (const [name, value] of attributesOf(endpoint)) values.set(name, value)
  const phone = phones.get(endpoint.User?.UserId ?? '')
  if (phone !== undefined && !values.has('phone')) values.set('phone', phone)
  for (const segment of segments.values())
    if (segment.SegmentType === 'IMPORT' && file.split('/').includes(segment.Id))
      values.set(memberAttribute(segment), 'yes')
}

/** Every address once, with what its endpoints say; of two values the later one. */
export const contactsOf = (
  { endpoints, segments }: Pick<PinpointExport, 'endpoints' | 'segments'>,
  tell: Tell,
): Contacts => {
  const phones = phonesOf(endpoints)
  const byAddress = new Map<string, Map<string, string>>()
  const optedOut = new Set<string>()
  const counts = { channel: 0, inactive: 0, address: 0 }
  for (const one of endpoints.toSorted((a, b) => since(a.endpoint).localeCompare(since(b.endpoint)))) {
    const { ChannelType, EndpointStatus, OptOut, Address } = one.endpoint
    const email = (Address ?? '').trim()
    if (ChannelType && ChannelType !== 'EMAIL') counts.channel += 1
    else if (EndpointStatus === 'INACTIVE') counts.inactive += 1
    else if (!isAddress(email)) counts.address += 1
    else {
      const key = email.toLowerCase()
      const values = byAddress.get(key) ?? new Map<string, string>()
      byAddress.set(key, values)
      addTo(values, one, phones, segments)
      if (OptOut === 'ALL') optedOut.add(key)
    }
  }
  tellCounts(counts, optedOut.size, tell)
  const columns = [...new Set([...byAddress.values()].flatMap((values) => [...values.keys()]))].sort()
  return {
    columns: ['email', ...columns],
    contacts: [...byAddress].map(([email, values]) => ({ email, values })),
    optedOut,
  }
}

const tellCounts = (
  { channel, inactive, address }: Readonly<Record<'channel' | 'inactive' | 'address', number>>,
  optedOut: number,
  tell: Tell,
): void => {
  if (channel > 0)
    tell('lost', `${counted(channel, 'endpoint')} of other channels; a phone number went to its user`)
  if (inactive > 0) tell('note', `${counted(inactive, 'inactive endpoint')} left out`)
  if (address > 0) tell('lost', `${counted(address, 'endpoint')} without a usable address`)
  if (optedOut > 0)
    tell(
      'note',
      `${counted(optedOut, 'address', 'addresses')} opted out: the import takes their consent back`,
    )
  tell(
    'todo',
    'Pinpoint keeps no proof of consent. The import gives none: without evidence of your own (when, where, which words) nobody gets marketing mail',
  )
}

/** A cell that no spreadsheet takes for a formula. */
const cell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d\s().-]+$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The column that says who wants no mail; no attribute of an endpoint can have that name. */
const unsubscribed = 'opted-out'

/** `import/contacts.csv`: UTF-8, commas, a header. */
export const importFile = ({ columns, contacts, optedOut }: Contacts): string =>
  [
    [...columns, unsubscribed].map(cell).join(','),
    ...contacts.map(({ email, values }) =>
      [
        ...columns.map((name) => cell(name === 'email' ? email : (values.get(name) ?? ''))),
        optedOut.has(email) ? 'yes' : '',
      ].join(','),
    ),
  ]
    .map((line) => `${line}\r\n`)
    .join('')

/** `import/map.yaml`: what each column is. */
export const importMap = ({ columns }: Contacts): unknown => ({
  name: 'Amazon Pinpoint',
  columns: { ...Object.fromEntries(columns.map((name) => [name, name])), [unsubscribed]: '$unsubscribed' },
})
