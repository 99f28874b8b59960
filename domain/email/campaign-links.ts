import type { Settings } from '../playbook/settings.ts'

/** `utm` in `settings.yaml`: how the company's own sites are told that a visit came from an email. */
export interface UtmSettings {
  readonly source: string
  readonly medium: string
  /** Whose links get the parameters; absent: the site of the imprint. */
  readonly hosts?: readonly string[]
}

/** The email that a link stands in. */
export interface CampaignEmail {
  readonly email: string
  /** Absent where no sequence sends it. */
  readonly sequence?: string
}

/** Adds what is not there yet; the address stays as it was written otherwise. */
const withParameters = (address: string, parameters: readonly (readonly [string, string])[]): string => {
  const hash = address.indexOf('#')
  const [page, place] = hash < 0 ? [address, ''] : [address.slice(0, hash), address.slice(hash)]
  const present = new URL(address).searchParams
  const added = parameters
    .filter(([name]) => !present.has(name))
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  if (added === '') return address
  const joint = !page.includes('?') ? '?' : /[?&]$/.test(page) ? '' : '&'
  return `${page}${joint}${added}${place}`
}

/** What becomes of the links of an email: undefined for those that stay as they are. */
export const campaignLinks = (
  { utm, company }: Pick<Settings, 'utm' | 'company'>,
  { email, sequence }: CampaignEmail,
): ((address: string) => string | undefined) => {
  if (!utm) return () => undefined
  const hosts = utm.hosts ?? [new URL(company.imprint).host]
  const parameters = [
    ['utm_source', utm.source],
    ['utm_medium', utm.medium],
    ...(sequence === undefined ? [] : [['utm_campaign', sequence] as const]),
    ['utm_content', email],
  ] as const
  return (address) =>
    hosts.includes(new URL(address).host) ? withParameters(address, parameters) : undefined
}
