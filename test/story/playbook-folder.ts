import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A copy of the shipped playbook, changed. @returns its folder; the caller removes it. */
export const changedPlaybook = async (change: (folder: string) => Promise<void>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'trichter-playbook-'))
  await cp('templates', folder, { recursive: true })
  await rm(join(folder, 'rehearsals'), { recursive: true })
  await change(folder)
  return folder
}

/** With one sequence in place of all others, and other settings. */
export const playbookWith = (sequence: string, settings: string): Promise<string> =>
  changedPlaybook(async (folder) => {
    for (const file of await readdir(join(folder, 'sequences'))) await rm(join(folder, 'sequences', file))
    await writeFile(join(folder, 'sequences/interest.yaml'), sequence)
    // No reason to come back leads into a sequence that is gone.
    const handoff = join(folder, 'handoff.yaml')
    await writeFile(handoff, (await readFile(handoff, 'utf8')).replaceAll(/^ *sequence: .*\n/gm, ''))
    await writeFile(join(folder, 'settings.yaml'), settings)
  })

/** With another `handoff.yaml`. */
export const playbookWithHandoff = (handoff: string): Promise<string> =>
  changedPlaybook((folder) => writeFile(join(folder, 'handoff.yaml'), handoff))

/** The shipped settings but for some of their keys. */
export const settingsWithout = async (...keys: readonly string[]): Promise<string> =>
  (await readFile('templates/settings.yaml', 'utf8')).replace(
    new RegExp(`^(${keys.join('|')}):.*\\n(?:[ -].*\\n)*`, 'gm'),
    '',
  )
