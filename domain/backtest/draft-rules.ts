import type { PlaybookSource } from '../playbook/parse-playbook.ts'
import { compileRules, type Rules } from '../playbook/rules.ts'

const draft = 'draft'

/** The rules of a checked draft. Its emails stay sources: no fold reads them, and compiling them takes the longest. */
export const draftRules = (source: PlaybookSource): Rules =>
  compileRules({
    ...source,
    version: draft,
    rulesVersion: draft,
    sequences: Object.fromEntries(
      Object.entries(source.sequences).map(([id, sequence]) => [id, { ...sequence, version: draft }]),
    ),
    emails: {},
  })
