import { type Fault, isError } from '../../domain/playbook/fault.ts'
import { notifyChanges, wordNotifyChange } from '../../domain/playbook/notify-changes.ts'
import { isPlaybookFile } from '../../domain/playbook/playbook-files.ts'
import { readYaml } from '../../domain/playbook/yaml-file.ts'
import type { CompileEmail, LivePlaybook, SourceFiles } from '../playbook-ports.ts'
import { type BuildPorts, type Built, buildPlaybook } from './build-playbook.ts'

export type CheckDraftPorts = BuildPorts

/** What all emails are made of: the brand, the layout and what is included. */
const shared = /^settings\.yaml$|^emails\/(_[^/]*|[^/.]*|.*\/[^/]+)\.mjml$/

const sameShared = (files: SourceFiles, live: SourceFiles): boolean =>
  [...new Set([...files.keys(), ...live.keys()])].every(
    (file) => !shared.test(file) || files.get(file) === live.get(file),
  )

/** Emails whose text is that of the live playbook are compiled already; the others take MJML some ten milliseconds each. */
const sparing =
  (compile: CompileEmail, files: SourceFiles, live: LivePlaybook): CompileEmail =>
  async (source) => {
    if (!sameShared(files, live.files)) return compile(source)
    const [, email = '', language = ''] = /^emails\/(.*)\.([^.]+)\.mjml$/.exec(source.file) ?? []
    const html = live.playbook.emails[email]?.[language]?.html
    return html !== undefined && files.get(source.file) === live.files.get(source.file)
      ? { html, faults: [] }
      : compile(source)
  }

const strayFaults = (files: SourceFiles): readonly Fault[] =>
  [...files.keys()]
    .filter((file) => !isPlaybookFile(file))
    .map((file) => ({
      file,
      line: 1,
      column: 1,
      message: 'not a file of a playbook: those are *.yaml and what is in forms/, sequences/ and emails/',
      severity: 'error',
    }))

/** What a marketer can write and not publish. */
const forAdmins = ({ playbook }: Built, files: SourceFiles, live: LivePlaybook): readonly Fault[] => {
  const changes = notifyChanges(live.playbook.handoff.notify, playbook?.handoff.notify)
  if (changes.length === 0) return []
  const yaml = readYaml('handoff.yaml', files.get('handoff.yaml') ?? '')
  return changes.map((change) =>
    yaml.fault(['notify', change.index], wordNotifyChange(change), { severity: 'warning' }),
  )
}

/** Checks a whole set of files as the command line does, and builds the playbook that it would be. */
export const makeCheckDraft =
  ({ compile, digest, emailDomain, packedBytes }: CheckDraftPorts) =>
  async (files: SourceFiles, live: LivePlaybook): Promise<Built> => {
    const strays = strayFaults(files)
    const built = await buildPlaybook(files, {
      compile: sparing(compile, files, live),
      digest,
      packedBytes,
      ...(emailDomain !== undefined && { emailDomain }),
    })
    if (strays.length > 0) return { faults: [...strays, ...built.faults] }
    return { ...built, faults: [...built.faults, ...forAdmins(built, files, live)] }
  }

/** What is wrong with a draft, as the API tells it (CONTRACT section 5). */
export const report = ({ faults }: Built) => ({ ok: !faults.some(isError), errors: faults })
