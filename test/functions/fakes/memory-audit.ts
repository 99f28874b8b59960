import type { AuditEntry, AuditLog } from '../../../functions/audit-ports.ts'

export interface MemoryAudit extends AuditLog {
  readonly entries: readonly AuditEntry[]
}

/** The log as the table keeps it, all of it in one page. */
export const memoryAudit = (): MemoryAudit => {
  const entries: AuditEntry[] = []
  return {
    entries,
    add: async (entry) => void entries.push(structuredClone(entry)),
    page: async ({ from, limit, matches }) => ({
      items: entries
        .filter((entry) => entry.at >= from && matches(entry))
        .toReversed()
        .slice(0, limit),
    }),
  }
}
