import { countFunnel } from './count-funnel.ts'
import { countSales } from './count-sales.ts'
import { countShared } from './count-shared.ts'
import type { KpiLead, KpiWindow } from './kpi-lead.ts'
import type { Tally } from './tally.ts'

/** Adds one person to the figures. Nothing of them is left in what is counted but numbers, sums and their source. */
export const countLead = (lead: KpiLead, window: KpiWindow, tally: Tally): void => {
  countFunnel(lead, window, tally)
  countSales(lead, window, tally)
  countShared(lead, window, tally)
}
