import type { GradeFloors, ScoringRules } from './scoring-rules.ts'

/** The highest fit that anyone could have: the sum of the positive fit points. */
export const mostFit = ({ fit }: ScoringRules): number =>
  fit.reduce((sum, { points, unknown }) => sum + Math.max(0, points, unknown ?? 0), 0)

/** The floor of the hottest band, by which engagement is graded. */
export const highestFloor = ({ bands }: ScoringRules): number => bands.at(-1)?.floor ?? 0

const grades = [
  ['A1', 'A2', 'A3', 'A4'],
  ['B1', 'B2', 'B3', 'B4'],
  ['C1', 'C2', 'C3', 'C4'],
  ['D1', 'D2', 'D3', 'D4'],
] as const

type Step = 0 | 1 | 2 | 3
type Floors = readonly [number, number, number]

const step = (value: number, [first, second, third]: Floors): Step =>
  value >= first ? 0 : value >= second ? 1 : value >= third ? 2 : 3

const sharesOfFit: Floors = [0.75, 0.5, 0.25]
const sharesOfEngagement: Floors = [1, 0.5, 0.25]

const shareOf = (part: number, whole: number): number => (whole > 0 ? part / whole : part > 0 ? 1 : 0)

/**
 * `A1` … `D4`. The letter says who it is, the digit what they do, by the playbook's floors. Where it has none: A from three
 * quarters of the highest possible fit, B from a half, C from a quarter; 1 from as much engagement as the hottest band's
 * floor, 2 from a half of it, 3 from a quarter.
 */
export const gradeOf = (
  fit: number,
  engagement: number,
  measure: { readonly mostFit: number; readonly highestFloor: number; readonly gradeFloors: GradeFloors },
): string => {
  const floors = measure.gradeFloors
  const row = floors.fit ? step(fit, floors.fit) : step(shareOf(fit, measure.mostFit), sharesOfFit)
  const column = floors.engagement
    ? step(engagement, floors.engagement)
    : step(shareOf(engagement, measure.highestFloor), sharesOfEngagement)
  return grades[row][column]
}

/** The highest band whose floor the score reaches; bands ascend by floor and the lowest takes whatever is below. */
export const bandOf = (score: number, bands: ScoringRules['bands']): string => {
  let band = bands[0]?.id ?? ''
  for (const { id, floor } of bands) if (score >= floor) band = id
  return band
}
