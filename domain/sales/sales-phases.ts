/** The seven sales phases, in their order (CONTRACT section 2). */
export const salesPhases = [
  'lead_generation',
  'lead_qualification',
  'needs_analysis',
  'proposal',
  'negotiation',
  'closing',
  'post_sale',
] as const
export type SalesPhase = (typeof salesPhases)[number]

export const phaseRank = (phase: SalesPhase): number => salesPhases.indexOf(phase)
