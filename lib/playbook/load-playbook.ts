import { compareFaults, type Fault } from '../../domain/playbook/fault.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { packedBytes } from '../../functions/adapters/dynamo-playbook-items.ts'
import { buildPlaybook } from '../../functions/playbook/build-playbook.ts'
import type { SourceFiles } from '../../functions/playbook-ports.ts'
import { sha256 } from './hash.ts'
import { cachedMjml } from './mjml-cache.ts'
import { readFolder, unreadFiles } from './read-folder.ts'

export interface LoadedPlaybook {
  readonly playbook?: Playbook
  readonly faults: readonly Fault[]
  /** What it was made of. */
  readonly files: SourceFiles
}

const picture = /\.(png|jpe?g|gif|svg|webp|avif)$/i

/** What lies in the folder and is left out: somebody may wait for it to appear. */
const unreadFaults = (unread: readonly string[]): readonly Fault[] =>
  unread.map((file) => ({
    ...{ file, line: 1, column: 1, severity: 'warning' },
    message: picture.test(file)
      ? 'not read: pictures are not sent along, but loaded from your site; write their address, https://…'
      : 'not read: a playbook is *.yaml, forms/, sequences/, hooks/ and emails/',
  }))

/**
 * Reads a playbook's folder, checks it and compiles its emails.
 * @param emailDomain the one that the deployment sends from; absent: any.
 * @returns every fault, in order of place; `playbook` is there when none is an error. A folder that cannot be read is a fault too.
 */
export const loadPlaybook = async (dir: string, emailDomain?: string): Promise<LoadedPlaybook> => {
  let files: SourceFiles
  let unread: readonly string[]
  try {
    ;[files, unread] = await Promise.all([readFolder(dir), unreadFiles(dir)])
  } catch (error) {
    const message = `the folder cannot be read: ${error instanceof Error ? error.message : String(error)}`
    return { faults: [{ file: dir, line: 1, column: 1, message, severity: 'error' }], files: new Map() }
  }
  const built = await buildPlaybook(files, {
    ...{ compile: cachedMjml, digest: sha256, packedBytes },
    ...(emailDomain !== undefined && { emailDomain }),
  })
  return { ...built, faults: [...built.faults, ...unreadFaults(unread)].sort(compareFaults), files }
}
