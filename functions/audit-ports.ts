/** What a person did through the API, and what a reading of everything held on somebody is. */
export const auditActions = [
  'activity.recorded',
  'calibration.begun',
  'calibration.declined',
  'calibration.drafted',
  'broadcast.canceled',
  'broadcast.changed',
  'broadcast.deleted',
  'broadcast.made',
  'broadcast.scheduled',
  'email.cancelled',
  'email.tested',
  'handoff.accepted',
  'handoff.reassigned',
  'handoff.rejected',
  'import.begun',
  'import.undone',
  'key.made',
  'key.revoked',
  'lead.erased',
  'lead.exported',
  'lead.merged',
  'lead.unmerged',
  'member.changed',
  'member.disabled',
  'member.enabled',
  'member.invited',
  'member.reassigned',
  'playbook.published',
  'playbook.saved',
  'report.sent',
  'sending.paused',
  'sending.resumed',
  'sequence.migrated',
  'sequence.migration-undone',
  'sequence.paused',
  'sequence.resumed',
  'webhook.enabled',
  'webhook.replayed',
  'webhook.rotated',
  'webhook.secret-read',
] as const
export type AuditAction = (typeof auditActions)[number]

/** What was there before and is there now: ids, versions, states, names of members. Nothing that a lead's erasure would have to find. */
export type AuditValue = Readonly<Record<string, string | number | boolean | null>>

export interface AuditEntry {
  readonly id: string
  /** RFC 3339 UTC. */
  readonly at: string
  /** Who: the address of a signed-in user, or the name where there is none. */
  readonly actor: string
  /** The role that allowed it. */
  readonly role: 'marketing' | 'sales' | 'admin'
  readonly action: AuditAction
  /** What it was done to, as the API names it: `leads/<id>`, `playbook`. */
  readonly target: string
  readonly before?: AuditValue
  readonly after?: AuditValue
}

/** Where a page of the log goes on. */
export interface AuditPlace {
  readonly at: string
  readonly id: string
}

export interface AuditQuery {
  /** RFC 3339 UTC; nothing earlier is shown. */
  readonly from: string
  /** Entries before this place; absent: from `now` on. */
  readonly before: AuditPlace | undefined
  readonly now: string
  readonly limit: number
  readonly matches: (entry: AuditEntry) => boolean
}

/** Who did what. Entries are only ever added. */
export interface AuditLog {
  add(entry: AuditEntry): Promise<void>
  /**
   * Newest first, in bounded reads: a page may hold fewer than `limit` entries, or none, and still go on.
   * @returns `next`: absent at the end.
   */
  page(query: AuditQuery): Promise<{ readonly items: readonly AuditEntry[]; readonly next?: AuditPlace }>
}
