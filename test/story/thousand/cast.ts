/** Who takes part in the story of a thousand leads, and what each of them should get. */

export interface Lead {
  readonly email: string
  /** Enters in the evening, when no marketing mail goes out. */
  readonly late: boolean
  /** IANA; absent: the company's. */
  readonly timeZone?: string
  readonly employees: number
  /** Never consents to anything. */
  readonly silent: boolean
  /** Withdraws consent on the weekend. */
  readonly withdraws: boolean
  /** Reaches the goal on the weekend. */
  readonly converts: boolean
}

export const company = 'Europe/Berlin'
const abroad = 'America/New_York'

export const leadOf = (index: number): Lead => ({
  email: `thousand-${index}@order.example.net`,
  late: index % 2 === 1,
  ...(index % 10 === 4 && { timeZone: abroad }),
  employees: index % 3 === 0 ? 500 : 5,
  silent: index % 20 === 11,
  withdraws: index % 20 === 6 || index % 20 === 7,
  converts: index % 20 === 8 || index % 20 === 9,
})

/** One of these by the lead's way through the split. */
export const splitMails = { a: 'savings-guide', b: 'three-minutes' } as const

/** What every lead enters, in the order of its steps. Hours: Monday to Friday, 08:00 to 18:00 where the lead is. */
export const sequence = `
id: interest
enter: { stage: interest }
reenter: never
goal: 'did("thousand.reached")'
steps:
  - email: welcome
  - wait: 1d
  - split: { name: subject, ways: { a: [ { email: ${splitMails.a} } ], b: [ { email: ${splitMails.b} } ] } }
  - wait: { until: "monday 09:30" }
  - if: 'lead.employees >= 100'
    then: [ { email: webinar-invite } ]
    else: [ { email: demo-invite } ]
  - wait: 2d
  - email: leak-walk
`

/** Emails a lead should have got in the end, the split's as `split`. */
export const dueMails = (lead: Lead): readonly string[] => {
  if (lead.silent) return []
  // Who left or arrived on the weekend had the mail of Friday if it could go out on Friday.
  if (lead.withdraws || lead.converts) return lead.late ? ['welcome'] : ['welcome', 'split']
  return ['welcome', 'split', lead.employees >= 100 ? 'webinar-invite' : 'demo-invite', 'leak-walk']
}
