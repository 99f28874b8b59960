import { assemblePlaybook } from '../../domain/playbook/assemble-playbook.ts'
import { checkSender } from '../../domain/playbook/check-sender.ts'
import { compareFaults, eachOnce, type Fault, isError } from '../../domain/playbook/fault.ts'
import { parsePlaybook } from '../../domain/playbook/parse-playbook.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { settingsFile } from '../../domain/playbook/playbook-files.ts'
import { sizeFaults } from '../../domain/playbook/playbook-size.ts'
import { readYaml } from '../../domain/playbook/yaml-file.ts'
import type { CompileEmail, SourceFiles } from '../playbook-ports.ts'
import { compileEmails } from './compile-emails.ts'

export interface Built {
  /** There when no fault is an error. */
  readonly playbook?: Playbook
  /** All of them, in order of place. */
  readonly faults: readonly Fault[]
}

export interface BuildPorts {
  readonly compile: CompileEmail
  /** SHA-256 in hex. */
  readonly digest: (text: string) => string
  /** The domain that the deployment sends from. @default - any */
  readonly emailDomain?: string
  /** Bytes that a text takes when it is kept. */
  readonly packedBytes: (text: string) => number
}

/** From source files to a playbook that can go live: the one way, for the command line, the deployment and the API. */
export const buildPlaybook = async (
  files: SourceFiles,
  { compile, digest, emailDomain, packedBytes }: BuildPorts,
): Promise<Built> => {
  const parsed = parsePlaybook(files)
  const compiled = await compileEmails(parsed.emails, compile, parsed.playbook)
  const settings = readYaml(settingsFile, files.get(settingsFile) ?? '')
  const ofSender = checkSender(settings, emailDomain)
  const faults = eachOnce([...parsed.faults, ...ofSender, ...compiled.faults]).sort(compareFaults)
  if (parsed.playbook === undefined || faults.some(isError)) return { faults }
  const playbook = assemblePlaybook(parsed.playbook, compiled.emails, digest)
  const tooLarge = sizeFaults({
    playbook: packedBytes(JSON.stringify(playbook)),
    files: packedBytes(JSON.stringify(Object.fromEntries(files))),
  })
  return tooLarge.length > 0 ? { faults: [...tooLarge, ...faults] } : { playbook, faults }
}
