import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { ExplanationView, LeadView } from '../story/client.ts'

/** What an earlier release left behind, and what it answered about it. Written by `make.ts`. */
export interface OldData {
  readonly commit: string
  /** Its clock when it was asked. */
  readonly now: string
  /** Its playbook: texts by path. */
  readonly playbook: Readonly<Record<string, string>>
  /** Its table, each item as text. */
  readonly items: readonly string[]
  /** What had been sent by then. */
  readonly mails: readonly { readonly to: string; readonly subject: string }[]
  readonly leads: readonly { readonly lead: LeadView; readonly explanation: ExplanationView }[]
  /** Files of its data folder that stand for what AWS keeps: secrets and schedules. */
  readonly files: Readonly<Record<string, string>>
}

export const readOldData = (commit: string): OldData =>
  JSON.parse(gunzipSync(readFileSync(join(import.meta.dirname, `${commit}.json.gz`))).toString())
