import type { EmailTemplate } from '../../domain/email/email-template.ts'
import { compareFaults, type Fault, isError } from '../../domain/playbook/fault.ts'
import { type PlaybookSource, parsePlaybook } from '../../domain/playbook/parse-playbook.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Sequence } from '../../domain/sequence/sequence.ts'
import { compileEmails } from './compile-emails.ts'
import { sha256 } from './hash.ts'
import { readFolder } from './read-folder.ts'

const withVersions = (sequences: PlaybookSource['sequences']): Readonly<Record<string, Sequence>> =>
  Object.fromEntries(
    Object.entries(sequences).map(([id, sequence]) => [
      id,
      { ...sequence, version: sha256(JSON.stringify(sequence)).slice(0, 16) },
    ]),
  )

const withVersion = (
  source: PlaybookSource,
  emails: Readonly<Record<string, Readonly<Record<string, EmailTemplate>>>>,
): Playbook => {
  const content = { ...source, sequences: withVersions(source.sequences), emails }
  const { scoring, funnel, handoff, forms, sequences } = content
  const rules = { scoring, funnel, handoff, forms, sequences }
  return {
    version: sha256(JSON.stringify(content)),
    rulesVersion: sha256(JSON.stringify(rules)).slice(0, 16),
    ...content,
  }
}

/**
 * Reads a playbook's folder, checks it and compiles its emails.
 * @returns every fault, in order of place; `playbook` is there when none is an error. A folder that cannot be read is a fault too.
 */
export const loadPlaybook = async (
  dir: string,
): Promise<{ readonly playbook?: Playbook; readonly faults: readonly Fault[] }> => {
  let files: ReadonlyMap<string, string>
  try {
    files = await readFolder(dir)
  } catch (error) {
    const message = `the folder cannot be read: ${error instanceof Error ? error.message : String(error)}`
    return { faults: [{ file: dir, line: 1, column: 1, message, severity: 'error' }] }
  }
  const parsed = parsePlaybook(files)
  const compiled = await compileEmails(parsed.emails)
  const faults = [...parsed.faults, ...compiled.faults].sort(compareFaults)
  return parsed.playbook === undefined || faults.some(isError)
    ? { faults }
    : { playbook: withVersion(parsed.playbook, compiled.emails), faults }
}
