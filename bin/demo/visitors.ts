import { pick, type SampleActivity, sampleAddress, sampleAddresses } from '../sample-leads.ts'

/** A form as somebody fills it in. */
export interface SampleSubmission {
  readonly form: string
  /** `Idempotency-Key`: sent again, it is the same submission. */
  readonly key: string
  readonly language: 'de' | 'en'
  readonly fields: Readonly<Record<string, string | number | boolean>> & { readonly email: string }
}

const firstNames = 'Lena, Marco, Julia, Oliver, Sarah, Felix, Nina, Daniel, Eva'.split(', ')
const lastNames = 'Richter, Engel, Novotny, Hartley, Sauer, Bianchi, Thoma'.split(', ')
const companies = ['Werra Stahl', 'Papier Lindau', 'Molkerei Hain', 'Ostsee Kabel', 'Taunus Druck']
const campaigns = ['spring-fair', 'leak-calculator']

/** How many come to each form. */
const visitors = { newsletter: 18, demo: 5, quote: 3 }
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)

const person = (visitor: number) => {
  const [firstName = '', lastName = ''] = [pick(firstNames, visitor), pick(lastNames, visitor)]
  const company = pick(companies, visitor) ?? ''
  return { firstName, lastName, company, email: sampleAddress(firstName, lastName, company) }
}

/** Some come by a campaign, others by themselves. */
const campaignOf = (visitor: number) =>
  visitor % 3 === 0 ? { campaign: pick(campaigns, visitor / 3) ?? '' } : {}

const employeesOf = (visitor: number): number => 20 + ((visitor * 83) % 600)

const fieldsOf = {
  newsletter: (visitor: number) => {
    const { email, firstName } = person(visitor)
    const size = visitor % 2 === 0 ? { employees: employeesOf(visitor) } : {}
    return { email, firstName, ...size, ...campaignOf(visitor), optIn: visitor % 4 !== 3 }
  },
  demo: (visitor: number) => {
    const rest = { role: 'maintenance', country: 'DE', employees: employeesOf(visitor) }
    return { ...person(visitor), ...rest, ...campaignOf(visitor), optIn: visitor % 2 === 0 }
  },
  quote: (visitor: number) => {
    const rest = { compressorPower: 90 + visitor * 5, terms: pick(['rent', 'buy', 'both'], visitor) ?? '' }
    return { ...person(visitor), employees: employeesOf(visitor), ...rest, optIn: visitor % 2 === 0 }
  },
}

const languageOf = (index: number) => (index % 3 === 2 ? 'en' : 'de')

const asked = (form: keyof typeof visitors, before: number): readonly SampleSubmission[] =>
  Array.from({ length: visitors[form] }, (_, index) => ({
    form,
    key: `sample-${form}-${index}`,
    language: languageOf(index),
    fields: fieldsOf[form](before + index),
  }))

/** The two customers among the sample leads say how satisfied they are. */
const ratings = sampleAddresses.slice(-2).map(
  (email, index): SampleSubmission => ({
    form: 'rating',
    key: `sample-rating-${index}`,
    language: 'de',
    fields: { email, rating: 5 - index },
  }),
)

/** What people send by the forms of the shipped playbook, the same every time. */
export const sampleSubmissions: readonly SampleSubmission[] = [
  ...asked('newsletter', 0),
  ...asked('demo', visitors.newsletter),
  ...asked('quote', visitors.newsletter + visitors.demo),
  ...ratings,
]

/** Everybody who gets mail, in a fixed order. */
export const sampleReaders: readonly string[] = [
  ...sampleAddresses,
  ...Array.from({ length: sum(Object.values(visitors)) }, (_, visitor) => person(visitor).email),
]

/** Somebody who rings up when all others have come: once this lead is known, everything was loaded. */
export const lastCall = (now: number): SampleActivity => ({
  id: 'sample-call',
  type: 'contact.requested',
  subject: { email: sampleAddress('Ruth', 'Amsel', 'Havel Optik') },
  occurredAt: new Date(now).toISOString(),
  properties: { channel: 'phone' },
})
