import { assemblePlaybook } from '../../domain/playbook/assemble-playbook.ts'
import { compareFaults, type Fault, isError } from '../../domain/playbook/fault.ts'
import { parsePlaybook } from '../../domain/playbook/parse-playbook.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { CompileEmail, SourceFiles } from '../playbook-ports.ts'
import { compileEmails } from './compile-emails.ts'

export interface Built {
  /** There when no fault is an error. */
  readonly playbook?: Playbook
  /** All of them, in order of place. */
  readonly faults: readonly Fault[]
}

/** From source files to a playbook that can go live: the one way, for the command line, the deployment and the API. */
export const buildPlaybook = async (
  files: SourceFiles,
  { compile, digest }: { readonly compile: CompileEmail; readonly digest: (text: string) => string },
): Promise<Built> => {
  const parsed = parsePlaybook(files)
  const compiled = await compileEmails(parsed.emails, compile, parsed.playbook)
  const faults = [...parsed.faults, ...compiled.faults].sort(compareFaults)
  return parsed.playbook === undefined || faults.some(isError)
    ? { faults }
    : { playbook: assemblePlaybook(parsed.playbook, compiled.emails, digest), faults }
}
