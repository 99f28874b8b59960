import type { FunnelRules } from './deal.ts'
import type { Form } from './form.ts'
import type { HandoffRules } from './handoff-rules.ts'
import type { Hook } from './hook.ts'
import type { ScoringRules } from './scoring-rules.ts'
import type { Sequence } from './sequence.ts'
import type { Settings } from './settings.ts'

/**
 * Everything marketers decide, checked and ready to run: plain JSON, so that it can be bundled, stored and compared.
 * `version` is derived from the content: equal playbooks have equal versions.
 */
export interface Playbook {
  readonly version: string
  /** The same for all playbooks under which a log folds to the same state: all but emails, hooks, settings and `notify` in `handoff.yaml` count, and of the settings the time zone. */
  readonly rulesVersion: string
  readonly settings: Settings
  readonly scoring: ScoringRules
  readonly funnel: FunnelRules
  readonly handoff: HandoffRules
  readonly forms: Readonly<Record<string, Form>>
  readonly sequences: Readonly<Record<string, Sequence>>
  /** How programs outside report, by the name in their address; absent in playbooks that were kept before there were any. */
  readonly hooks?: Readonly<Record<string, Hook>>
  /** By email id, then by language. */
  readonly emails: Readonly<Record<string, Readonly<Record<string, EmailTemplate>>>>
}

/** One email in one language: front matter, and the MJML compiled to HTML with its Liquid left in place. */
export interface EmailTemplate {
  readonly subject: string
  readonly preheader: string
  readonly kind: 'marketing' | 'transactional'
  /** Of marketing mail: what the reader must have consented to. Absent: the first of the settings. */
  readonly purpose?: string
  readonly html: string
}

/** Bytes, compressed: an item of the table holds 400 KB, and three quarters of it is far beyond what people write. */
export const largestFiles = 300_000

export const largestPlaybook = 390_000
