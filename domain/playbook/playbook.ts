import type { EmailTemplate } from '../email/email-template.ts'
import type { Form } from '../form/form.ts'
import type { FunnelRules } from '../funnel/funnel-rules.ts'
import type { HandoffRules } from '../handoff/handoff-rules.ts'
import type { Hook } from '../hook/hook.ts'
import type { ScoringRules } from '../scoring/scoring-rules.ts'
import type { Sequence } from '../sequence/sequence.ts'
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
