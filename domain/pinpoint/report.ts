/**
 * `todo`: has to be done before publishing; `lost`: has no equal here; `changed`: is done in another way; `note`: worth knowing.
 */
type Kind = 'todo' | 'lost' | 'changed' | 'note'

export interface Remark {
  readonly kind: Kind
  /** What of the export it is about: `journey "Welcome", activity abc`. */
  readonly about: string
  readonly says: string
}

/** Notes something about what is being moved. */
export type Tell = (kind: Kind, says: string) => void

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

const headings: readonly (readonly [Kind, string])[] = [
  ['todo', 'To do before you publish'],
  ['lost', 'Has no equal here'],
  ['changed', 'Is done in another way'],
  ['note', 'Worth knowing'],
]

/** Collects remarks, each once. */
export const makeReport = () => {
  const remarks = new Map<string, Remark>()
  const about =
    (what: string): Tell =>
    (kind, says) => {
      remarks.set(JSON.stringify([kind, what, says]), { kind, about: what, says })
    }
  return { about, all: (): readonly Remark[] => [...remarks.values()] }
}

export type Report = ReturnType<typeof makeReport>

const section = (heading: string, remarks: readonly Remark[]): readonly string[] => [
  `## ${heading}`,
  '',
  ...[...Map.groupBy(remarks, ({ about }) => about)].flatMap(([about, ofIt]) => [
    `- **${about}**`,
    ...ofIt.map(({ says }) => `  - ${says}`),
  ]),
  '',
]

/** `report.md`. @param summary what was made, a line each. */
export const writeReport = (summary: readonly string[], remarks: readonly Remark[]): string =>
  [
    '# What became of the export from Pinpoint',
    '',
    ...summary.map((line) => `- ${line}`),
    '',
    ...headings.flatMap(([kind, heading]) => {
      const ofKind = remarks.filter((one) => one.kind === kind)
      return ofKind.length === 0 ? [] : section(heading, ofKind)
    }),
  ].join('\n')
