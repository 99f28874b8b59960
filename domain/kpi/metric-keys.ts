import { stageMetrics } from '../playbook/built-in-names.ts'
import type { SalesPhase } from '../sales/sales-phases.ts'

/** The keys of every metric (CONTRACT section 8): those of the funnel's stages stand with the playbook, which names them. */
export { stageMetrics }

export const phaseMetrics = {
  lead_generation: ['leads', 'contactRequests'],
  lead_qualification: ['qualifiedLeads', 'averageScore'],
  needs_analysis: ['needsAnalysed', 'needsPerLead'],
  proposal: ['proposals', 'acceptanceRate'],
  negotiation: ['medianNegotiationDays', 'successRate'],
  closing: ['closeRate', 'revenue'],
  post_sale: ['retentionRate', 'satisfaction', 'repeatPurchases'],
} as const satisfies Readonly<Record<SalesPhase, readonly string[]>>

export const sharedMetrics = [
  'handoffAcceptanceRate',
  'medianHoursToAccept',
  'handoffsOverdue',
  'leadToCustomerRate',
  'medianDaysToCustomer',
  'revenueBySource',
] as const
