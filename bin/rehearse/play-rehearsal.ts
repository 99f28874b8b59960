import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { faultLine, isError } from '../../domain/playbook/fault.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { parseRehearsal } from '../../domain/rehearsal/parse-rehearsal.ts'
import type { Rehearsal } from '../../domain/rehearsal/rehearsal.ts'
import { rehearse } from '../../functions/rehearse/rehearse.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'
import { rehearsalOfLead } from './known-lead.ts'
import type { RehearseOptions } from './options.ts'
import { timelineText } from './print-timeline.ts'

const templates = join(import.meta.dirname, '../../templates')

const readRehearsal = async (
  { source, ...given }: RehearseOptions,
  playbook: Playbook,
): Promise<Rehearsal | undefined> => {
  const now = new Date().toISOString()
  switch (source.type) {
    case 'lead':
      return rehearsalOfLead({ ...source, ...given, now })
    case 'file': {
      const text = await readFile(source.path, 'utf8')
      const { rehearsal, faults } = parseRehearsal(source.path, text, { ...given, playbook, now })
      for (const fault of faults) console.error(faultLine(fault))
      return rehearsal
    }
    default:
      return source satisfies never
  }
}

/** @returns the exit code: 1 where something is wrong with the playbook or the file, or a function failed. */
export const playRehearsal = async (options: RehearseOptions): Promise<number> => {
  const dir = options.playbook ?? templates
  const { playbook, faults } = await loadPlaybook(dir)
  if (playbook === undefined) {
    for (const fault of faults.filter(isError)) console.error(join(dir, faultLine(fault)))
    return 1
  }
  const rehearsal = await readRehearsal(options, playbook)
  if (rehearsal === undefined) return 1
  const rehearsed = await rehearse(rehearsal, playbook)
  if (options.json) {
    for (const entry of rehearsed.entries) console.log(JSON.stringify(entry))
    if (rehearsed.outcome) console.log(JSON.stringify({ type: 'outcome', ...rehearsed.outcome }))
  } else {
    const colour = process.stdout.isTTY && !process.env.NO_COLOR
    for (const line of timelineText(rehearsed, rehearsal, playbook, { ...options, colour })) console.log(line)
  }
  return rehearsed.entries.some(({ type }) => type === 'failed') ? 1 : 0
}
