import type { FunnelRules } from './deal.ts'
import type { Form } from './form.ts'
import type { HandoffRules } from './handoff-rules.ts'
import type { Hook } from './hook.ts'
import type { ScoringRules } from './scoring-rules.ts'
import type { Sequence } from './sequence.ts'
import type { Settings } from './settings.ts'

/**
 * All rules and texts of marketing, validated and ready to run: plain JSON, so that it can be bundled, stored and compared.
 * `version` is derived from the content: equal playbooks have equal versions.
 */
export interface Playbook {
  readonly version: string
  /**
   * Equal for all playbooks under which a log folds to the same state: covers everything but emails, hooks, segments (other than the
   * activity types that they count), `notify` in
   * `handoff.yaml`, and settings other than the time zone.
   */
  readonly rulesVersion: string
  readonly settings: Settings
  readonly scoring: ScoringRules
  readonly funnel: FunnelRules
  readonly handoff: HandoffRules
  readonly forms: Readonly<Record<string, Form>>
  readonly sequences: Readonly<Record<string, Sequence>>
  /** Named groups of people by id; absent in older stored playbooks. */
  readonly segments?: Readonly<Record<string, Segment>>
  /** Inbound webhooks by the name in their address; absent in older stored playbooks. */
  readonly hooks?: Readonly<Record<string, Hook>>
  /** Templates by email id and language. */
  readonly emails: Readonly<Record<string, Readonly<Record<string, EmailTemplate>>>>
}

/** `segments/<segment>.yaml`: everybody for whom `where` (CEL) holds at the moment. */
export interface Segment {
  readonly id: string
  readonly name: string
  readonly where: string
}

/** One email in one language: front matter, and MJML compiled to HTML that still contains Liquid. */
export interface EmailTemplate {
  readonly subject: string
  readonly preheader: string
  readonly kind: 'marketing' | 'transactional'
  /** Required consent of a marketing email; absent: the first purpose of the settings. */
  readonly purpose?: string
  readonly html: string
}

/** Compressed bytes: an item of the table is limited to 400 KB, and three quarters of that far exceed any real playbook. */
export const largestFiles = 300_000

export const largestPlaybook = 390_000

/** What the front matter of an email itself says, among its variants. */
export const mainVariant = 'main'

/** A variant of an email is an email of its own, with a name that no file can have. */
export const variantId = (email: string, variant: string): string =>
  variant === mainVariant ? email : `${email}.${variant}`

/** Variants of an email, `main` first, in the order in which its front matter names them. */
export const variantsOf = (emails: Playbook['emails'], email: string): readonly string[] => [
  mainVariant,
  ...Object.keys(emails).flatMap((id) => (id.startsWith(`${email}.`) ? [id.slice(email.length + 1)] : [])),
]

/** The email that a variant is one of. */
export const emailOfVariant = (email: string): string => email.replace(/\..*$/, '')
