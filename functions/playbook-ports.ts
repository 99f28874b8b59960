import type { Announcement } from '../domain/model/decision.ts'
import type { Playbook } from '../domain/model/playbook.ts'
import type { Fault } from '../domain/playbook/fault.ts'
import type { EmailSource } from '../domain/playbook/parse-email.ts'

/** Text of each source file by its path in the playbook's folder, with `/`. */
export type SourceFiles = ReadonlyMap<string, string>

/** What became of one email: its HTML, Liquid left in place, and what is wrong with its MJML. */
export interface CompiledEmail {
  readonly html: string
  readonly faults: readonly Fault[]
}

export type CompileEmail = (source: EmailSource) => Promise<CompiledEmail>

/** What the bus is told when another playbook goes live. */
export type PlaybookPublished = Omit<Announcement<'PlaybookPublished'>, 'type'>

/** A playbook in the making: the whole set of files, mistakes included. */
export interface Draft {
  readonly files: SourceFiles
  readonly savedAt: string
  /** Who saved it. */
  readonly by: string
}

export interface LivePlaybook {
  readonly playbook: Playbook
  readonly files: SourceFiles
  /** Absent for the one that came with the deployment. */
  readonly published?: { readonly at: string; readonly by: string }
  /** Not on the bus yet, for all that is known. */
  readonly outbox?: PlaybookPublished
  /** Counts publications; 0: none yet. */
  readonly revision: number
}

export interface Publication {
  readonly playbook: Playbook
  readonly files: SourceFiles
  readonly at: string
  readonly by: string
  /** To be announced once it is live; absent when nothing changes but comments. */
  readonly outbox?: PlaybookPublished
}

/** One that was live: what was published, or what came with a deployment. */
export interface PastPlaybook {
  readonly version: string
  /** Absent for one that came with a deployment. */
  readonly published?: { readonly at: string; readonly by: string }
}

/** Pictures of playbooks, by the name that their content gives them: those that came with the deployment, and those sent since. */
export interface AssetStore {
  read(name: string): Promise<Uint8Array | undefined>
  /** Whether it came with the deployment, or is stored. */
  has(name: string): Promise<boolean>
  store(name: string, picture: Uint8Array): Promise<void>
  /** Stores what came with the deployment: the next one may bring others, and emails that are out show these. */
  keep(names: readonly string[]): Promise<void>
}

/** Where marketers' playbooks are kept: the draft, what is live, and what was. Every read is strongly consistent. */
export interface PlaybookStore {
  live(): Promise<LivePlaybook>
  draft(): Promise<Draft | undefined>
  /**
   * Replaces any earlier draft; with `over`, only the one that was saved then, or none at all (null). Nothing was saved
   * where it is `too-large` for an item, or another draft stands there (`changed`).
   */
  saveDraft(draft: Draft, over?: string | null): Promise<'saved' | 'too-large' | 'changed'>
  /**
   * What has been live, the latest first, what is live among them. `before`: publications before that revision.
   * `next` names the revision to go on with.
   */
  history(page: { readonly limit: number; readonly before?: number }): Promise<{
    readonly items: readonly PastPlaybook[]
    readonly next?: number
  }>
  /** The files that a version was made of; undefined for one that was never live, or before files were kept. */
  filesOf(version: string): Promise<SourceFiles | undefined>
  /** Puts a playbook live in one conditional write, its content first, and keeps what it replaces. @throws Conflict when `revision` is no longer the latest. */
  publish(publication: Publication, revision: number): Promise<'published' | 'too-large'>
  /** Empties the outbox if nobody has published since `revision`. */
  clearOutbox(revision: number): Promise<void>
  /** Removes the draft saved at `savedAt`; a later one stays. */
  dropDraft(savedAt: string): Promise<void>
}
