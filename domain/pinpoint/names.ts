import { parseInstant } from '../time/local-time.ts'

/** What Pinpoint calls it, and what a lead's attribute of that meaning is called here. */
const known: Readonly<Record<string, string>> = {
  ...{ firstname: 'firstName', givenname: 'firstName', lastname: 'lastName', surname: 'lastName' },
  ...{ familyname: 'lastName', company: 'company', organization: 'company', country: 'country' },
  ...{ language: 'language', locale: 'language', timezone: 'timeZone', phone: 'phone' },
  ...{ phonenumber: 'phone', role: 'role', jobtitle: 'role', employees: 'employees', email: 'email' },
}

const ascii = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll('ß', 'ss')

const small = (word: string): string =>
  /^[A-Z0-9_]+$/.test(word) ? word.toLowerCase() : word.charAt(0).toLowerCase() + word.slice(1)

/** The lead's attribute for a name of Pinpoint's: letters, digits and _, known meanings by their own name. */
export const attributeName = (name: string): string => {
  const plain = known[name.toLowerCase().replaceAll(/[^a-z]/g, '')]
  if (plain !== undefined) return plain
  const words = ascii(name)
    .split(/[^A-Za-z0-9_]+/)
    .filter((word) => word !== '')
  const joined = words
    .map((word, index) => (index === 0 ? small(word) : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')
  return (/^[A-Za-z]/.test(joined) ? joined : `a${joined}`).slice(0, 64)
}

/** An id of the playbook: lower-case letters, digits and hyphens. */
export const slug = (name: string, longest = 64): string => {
  const written = ascii(name)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, longest)
    .replace(/-+$/, '')
  return written === '' ? 'unnamed' : written
}

/** Ids for names, each once. */
export const makeIds = (longest: number): ((name: string) => string) => {
  const taken = new Set<string>()
  return (name) => {
    const base = slug(name, longest)
    let id = base
    for (let count = 2; taken.has(id); count += 1) {
      const end = `-${count}`
      id = `${slug(base, longest - end.length)}${end}`
    }
    taken.add(id)
    return id
  }
}

/** Pinpoint's own events that Trichter records as well. */
const ownEvents: Readonly<Record<string, string>> = {
  '_email.send': 'email.sent',
  '_email.delivered': 'email.delivered',
  '_email.open': 'email.opened',
  '_email.click': 'email.clicked',
  '_email.hardbounce': 'email.bounced',
  '_email.softbounce': 'email.bounced',
  '_email.complaint': 'email.complained',
  '_email.unsubscribe': 'email.unsubscribed',
}

/** The activity type, `noun.verb`, for an event of Pinpoint's. */
export const activityTypeOf = (event: string): string => {
  const own = ownEvents[event]
  if (own !== undefined) return own
  const parts = ascii(event)
    .toLowerCase()
    .split('.')
    .map((part) =>
      part
        .replaceAll(/[^a-z0-9]+/g, '_')
        .replace(/^[_0-9]+/, '')
        .replace(/_+$/, ''),
    )
    .filter((part) => part !== '')
  return (parts.length > 1 ? parts.join('.') : `event.${parts[0] ?? 'unnamed'}`).slice(0, 128)
}

const iso = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/

/** Minutes of a year, a month, a week, a day, an hour, a minute and a second. */
const minutes = [525_600, 43_200, 10_080, 1_440, 60, 1, 1 / 60] as const

/** An ISO 8601 duration as the playbook writes it, in whole minutes, at least one. @returns undefined where it is none, or no time. */
export const durationOf = (text: string): string | undefined => {
  const match = iso.exec(text.trim().toUpperCase())
  if (!match) return undefined
  const exact = minutes.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unit, 0)
  if (exact === 0) return undefined
  return writeMinutes(Math.max(1, Math.round(exact)))
}

const writeMinutes = (whole: number): string => {
  if (whole % 1_440 === 0) return `${whole / 1_440}d`
  return whole % 60 === 0 ? `${whole / 60}h` : `${whole}m`
}

/** A moment of Pinpoint's as RFC 3339 in UTC; without an offset it is taken as UTC. */
export const momentOf = (text: string): string | undefined =>
  parseInstant(text) ?? parseInstant(`${text.trim().replace(' ', 'T')}Z`)
