import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A copy of the shipped playbook with one sequence in place of all others and with further settings.
 * @returns its folder; the caller removes it.
 */
export const playbookWith = async (sequence: string, settings: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'trichter-playbook-'))
  await cp('templates', folder, { recursive: true })
  for (const file of await readdir(join(folder, 'sequences'))) await rm(join(folder, 'sequences', file))
  await rm(join(folder, 'rehearsals'), { recursive: true })
  await writeFile(join(folder, 'sequences/interest.yaml'), sequence)
  // No reason to come back leads into a sequence that is gone.
  const handoff = join(folder, 'handoff.yaml')
  await writeFile(handoff, (await readFile(handoff, 'utf8')).replaceAll(/^ *sequence: .*\n/gm, ''))
  await writeFile(join(folder, 'settings.yaml'), settings)
  return folder
}

/** A copy of the shipped playbook with another `handoff.yaml`. @returns its folder; the caller removes it. */
export const playbookWithHandoff = async (handoff: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'trichter-handoff-'))
  await cp('templates', folder, { recursive: true })
  await rm(join(folder, 'rehearsals'), { recursive: true })
  await writeFile(join(folder, 'handoff.yaml'), handoff)
  return folder
}
