/** A fault in a playbook; `line` and `column` count from 1. A warning does not prevent publishing. */
export interface Fault {
  /** Relative to the playbook's folder, with `/`. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  readonly severity: 'error' | 'warning'
}

export const isError = (fault: Fault): boolean => fault.severity === 'error'

const compare = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)

/** By file, then by position. */
export const compareFaults = (a: Fault, b: Fault): number =>
  compare(a.file, b.file) ||
  compare(a.line, b.line) ||
  compare(a.column, b.column) ||
  compare(a.message, b.message)

/** Removes duplicates: a fault in a layout appears in every email. */
export const eachOnce = (faults: readonly Fault[]): Fault[] => [
  ...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values(),
]

/** `file:line:column: message`, which editors and terminals turn into links. */
export const faultLine = (fault: Fault): string =>
  `${fault.file}:${fault.line}:${fault.column}: ${fault.severity === 'warning' ? 'warning: ' : ''}${fault.message}`
