import type { Fault } from './fault.ts'

/** Bytes, compressed: an item of the table holds 400 KB, and three quarters of it is far beyond what people write. */
export const largestFiles = 300_000
export const largestPlaybook = 390_000

export const filesTooLarge = 'must have at most 300 KB when compressed'
export const playbookTooLarge = 'the compiled emails are too large: 390 KB when compressed is the most'

/** A playbook that cannot be kept cannot be published, and must not be deployed: every run of a sequence keeps its own. */
export const sizeFaults = (bytes: {
  readonly playbook: number
  readonly files: number
}): readonly Fault[] => {
  const fault = (message: string): Fault => ({
    file: 'emails',
    line: 1,
    column: 1,
    message,
    severity: 'error',
  })
  if (bytes.playbook > largestPlaybook) return [fault(playbookTooLarge)]
  return bytes.files > largestFiles ? [fault(`the playbook's files ${filesTooLarge}`)] : []
}
