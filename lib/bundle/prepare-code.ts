import { join } from 'node:path'
import { capabilities } from '../capabilities.ts'
import { localLinks } from '../local-links.ts'
import { loadPlaybook } from '../playbook/load-playbook.ts'
import { bundleConsole } from './bundle-console.ts'
import { bundleFunctions } from './bundle-functions.ts'

/** What a deployment of one playbook consists of. */
export interface PreparedCode {
  /** Folder of each function's bundle, absolute, by the function's name. */
  readonly folders: Readonly<Record<string, string>>
  /** What the local runner lists. */
  readonly links: readonly object[]
}

type Loaded = Awaited<ReturnType<typeof loadPlaybook>>

const root = join(import.meta.dirname, '../..')

/**
 * Checks a playbook, compiles it and bundles every function with it.
 * @param emailDomain the one that the deployment sends from; absent: any.
 * @returns every fault; `code` is there when none is an error.
 */
export const prepareCode = async (
  folder: string,
  emailDomain?: string,
): Promise<{ readonly code?: PreparedCode; readonly faults: Loaded['faults'] }> => {
  const { playbook, faults, files, assets } = await loadPlaybook(folder, emailDomain)
  if (playbook === undefined) return { faults }
  const outDir = join(root, '.build')
  const consoleFiles = await bundleConsole(root, outDir)
  const pictures = { 'assets.json': JSON.stringify(Object.fromEntries(assets)) }
  const bundles = await bundleFunctions({
    root,
    entries: Object.fromEntries(capabilities.map(({ name, entry }) => [name, entry])),
    playbook: JSON.stringify(playbook),
    beside: {
      intake: pictures,
      send: pictures,
      playbook: { ...pictures, 'playbook-files.json': JSON.stringify(Object.fromEntries(files)) },
      console: { 'console-files.json': JSON.stringify(consoleFiles) },
    },
    outDir,
  })
  const folders = Object.entries(bundles).map(([name, bundle]) => [name, bundle.folder])
  return { code: { folders: Object.fromEntries(folders), links: localLinks(playbook) }, faults }
}
