/** What AWS bills for, each in a unit of its own. */
interface Price {
  /** Of `per` units. */
  readonly dollars: number
  readonly per: number
  /** One of what is counted, in the plural where there is one. */
  readonly unit: string
}

const million = 1_000_000

/** Where and when the list prices below were read; free tiers and discounts are left out. */
export const pricedAt = { region: 'us-east-1', asOf: '2026-11' } as const

/**
 * List prices, from the services' own pages of prices. Requests and units are counted; what is stored or kept is billed for
 * each month.
 */
export const prices = {
  emails: { dollars: 0.1, per: 1_000, unit: 'emails handed to SES' },
  httpRequests: { dollars: 1, per: million, unit: 'requests to the HTTP API' },
  events: { dollars: 1, per: million, unit: 'events put on the bus, each 64 KB' },
  queueRequests: { dollars: 0.4, per: million, unit: 'requests to SQS' },
  schedules: { dollars: 1, per: million, unit: 'invocations by Scheduler' },
  invocations: { dollars: 0.2, per: million, unit: 'invocations of functions' },
  gigabyteSeconds: { dollars: 13.3334, per: million, unit: 'GB-seconds of functions (arm64)' },
  writeUnits: { dollars: 0.625, per: million, unit: 'write units of DynamoDB, on demand' },
  readUnits: { dollars: 0.125, per: million, unit: 'read units of DynamoDB, on demand' },
  objectsPut: { dollars: 0.005, per: 1_000, unit: 'objects put into S3 or listed' },
  objectsRead: { dollars: 0.0004, per: 1_000, unit: 'objects read from S3' },
  secretReads: { dollars: 0.05, per: 10_000, unit: 'requests to Secrets Manager' },
  logGigabytes: { dollars: 0.5, per: 1, unit: 'GB taken in by CloudWatch Logs' },
  tableGigabyteMonths: { dollars: 0.25, per: 1, unit: 'GB-months in the table and its index' },
  recoveryGigabyteMonths: { dollars: 0.2, per: 1, unit: 'GB-months of point-in-time recovery' },
  objectGigabyteMonths: { dollars: 0.023, per: 1, unit: 'GB-months in S3' },
  secretMonths: { dollars: 0.4, per: 1, unit: 'secrets, each month' },
  alarmMetricMonths: { dollars: 0.1, per: 1, unit: 'metrics that alarms look at, each month' },
  dashboardMonths: { dollars: 3, per: 1, unit: 'dashboards, each month' },
  customMetricMonths: { dollars: 0.3, per: 1, unit: 'metrics made of log lines, each month' },
} as const satisfies Record<string, Price>

export type Billed = keyof typeof prices

/** How much of each was used; what is absent was not. */
export type Usage = Readonly<Partial<Record<Billed, number>>>

/** What a stack takes in a month of thirty days though nothing happens. */
export const atRest: Usage = {
  secretMonths: 5,
  alarmMetricMonths: 91,
  dashboardMonths: 1,
  // Each queue has five pollers, and each of them asks three times a minute.
  queueRequests: 14 * 5 * 3 * 43_200,
}

interface CostLine {
  readonly item: Billed
  readonly quantity: number
  readonly dollars: number
}

/** What that costs, item by item in the order of the price list, and together. */
export const costOf = (usage: Usage): { readonly lines: readonly CostLine[]; readonly dollars: number } => {
  const lines = (Object.keys(prices) as Billed[]).flatMap((item): CostLine[] => {
    const quantity = usage[item] ?? 0
    const { dollars, per } = prices[item]
    return quantity > 0 ? [{ item, quantity, dollars: (quantity * dollars) / per }] : []
  })
  return { lines, dollars: lines.reduce((sum, line) => sum + line.dollars, 0) }
}
