import { type Fault, faultLine, isError } from '../../domain/playbook/fault.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { loadPlaybook } from './load-playbook.ts'

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

const summary = ({ funnel, scoring, forms, sequences, emails, hooks = {} }: Playbook): string => {
  const versions = Object.values(emails).reduce((sum, byLanguage) => sum + Object.keys(byLanguage).length, 0)
  return [
    counted(funnel.stages.length, 'stage'),
    counted(scoring.fit.length + scoring.engagement.length, 'scoring rule'),
    counted(Object.keys(forms).length, 'form'),
    ...(Object.keys(hooks).length > 0 ? [counted(Object.keys(hooks).length, 'hook')] : []),
    counted(Object.keys(sequences).length, 'sequence'),
    `${counted(Object.keys(emails).length, 'email')} (${counted(versions, 'file')})`,
  ].join(', ')
}

const tally = (faults: readonly Fault[]): string => {
  const errors = faults.filter(isError).length
  const warnings = faults.length - errors
  return [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ].join(', ')
}

/** Every fault in a line of its own, and how many there are. */
export const faultLines = (faults: readonly Fault[]): readonly string[] =>
  faults.length === 0 ? [] : [...faults.map(faultLine), tally(faults)]

/** Says every fault of the playbook in `dir`, or what is in it. @returns the exit code: 1 when there is an error. */
export const checkPlaybook = async (dir: string, print: (line: string) => void): Promise<number> => {
  const { playbook, faults } = await loadPlaybook(dir)
  if (playbook === undefined) {
    for (const line of faultLines(faults)) print(line)
    return 1
  }
  for (const fault of faults) print(faultLine(fault))
  print(
    [`The playbook is fine: ${summary(playbook)}`, ...(faults.length > 0 ? [tally(faults)] : [])].join(', '),
  )
  return 0
}
