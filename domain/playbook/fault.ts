/** One mistake in a playbook, at its place: `line` and `column` count from 1. A warning does not keep the playbook from running. */
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

/** By file, then by place. */
export const compareFaults = (a: Fault, b: Fault): number =>
  compare(a.file, b.file) ||
  compare(a.line, b.line) ||
  compare(a.column, b.column) ||
  compare(a.message, b.message)

/** Without repeats: a mistake in a layout is one, however many emails it is in. */
export const eachOnce = (faults: readonly Fault[]): Fault[] => [
  ...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values(),
]

/** `file:line:column: message`, the form that editors and terminals turn into links. */
export const faultLine = (fault: Fault): string =>
  `${fault.file}:${fault.line}:${fault.column}: ${fault.severity === 'warning' ? 'warning: ' : ''}${fault.message}`
