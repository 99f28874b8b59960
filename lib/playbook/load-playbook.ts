import type { Fault } from '../../domain/playbook/fault.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { buildPlaybook } from '../../functions/playbook/build-playbook.ts'
import type { SourceFiles } from '../../functions/playbook-ports.ts'
import { sha256 } from './hash.ts'
import { cachedMjml } from './mjml-cache.ts'
import { readFolder } from './read-folder.ts'

export interface LoadedPlaybook {
  readonly playbook?: Playbook
  readonly faults: readonly Fault[]
  /** What it was made of. */
  readonly files: SourceFiles
}

/**
 * Reads a playbook's folder, checks it and compiles its emails.
 * @param emailDomain the one that the deployment sends from; absent: any.
 * @returns every fault, in order of place; `playbook` is there when none is an error. A folder that cannot be read is a fault too.
 */
export const loadPlaybook = async (dir: string, emailDomain?: string): Promise<LoadedPlaybook> => {
  let files: SourceFiles
  try {
    files = await readFolder(dir)
  } catch (error) {
    const message = `the folder cannot be read: ${error instanceof Error ? error.message : String(error)}`
    return { faults: [{ file: dir, line: 1, column: 1, message, severity: 'error' }], files: new Map() }
  }
  const ports = { compile: cachedMjml, digest: sha256, ...(emailDomain !== undefined && { emailDomain }) }
  return { ...(await buildPlaybook(files, ports)), files }
}
