import { underThisFold } from '../lead/fold-version.ts'
import type { Sequence } from '../sequence/sequence.ts'
import type { PlaybookSource } from './parse-playbook.ts'
import type { Playbook } from './playbook.ts'

type Digest = (text: string) => string

const withVersions = (
  sequences: PlaybookSource['sequences'],
  digest: Digest,
): Readonly<Record<string, Sequence>> =>
  Object.fromEntries(
    Object.entries(sequences).map(([id, sequence]) => [
      id,
      { ...sequence, version: digest(JSON.stringify(sequence)).slice(0, 16) },
    ]),
  )

/** Names a checked playbook by its content. @param digest SHA-256 in hex. */
export const assemblePlaybook = (
  source: PlaybookSource,
  emails: Playbook['emails'],
  digest: Digest,
): Playbook => {
  const content = { ...source, sequences: withVersions(source.sequences, digest), emails }
  const { scoring, funnel, forms, sequences } = content
  // Whom sales has, and whom it tells, moves no lead: somebody's holidays must not have everybody judged anew.
  const { notify: _notify, teams: _teams, accept: _accept, ...handoff } = content.handoff
  const { timeZone, softBounces, doubleOptIn } = source.settings
  const rules = { scoring, funnel, handoff, forms, sequences, timeZone, softBounces, doubleOptIn }
  return {
    version: digest(JSON.stringify(content)),
    rulesVersion: underThisFold(digest(JSON.stringify(rules)).slice(0, 16)),
    ...content,
  }
}
