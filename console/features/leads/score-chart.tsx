import { now } from '../../lib/clock.ts'
import { dayText, exactTime, scoreText } from '../../lib/format.ts'
import { t } from '../../lib/texts.ts'
import reading from '../../ui/reading.module.css'
import css from './leads.module.css'
import { type PastScore, usePastScore } from './leads-api.ts'

const [width, height] = [640, 140]
/** Rules that have a colour of their own; the others stand together. */
const named = 4

type Point = PastScore['points'][number]

/** Layers of the drawing, the strongest rule at the bottom. */
interface Layer {
  readonly id: string
  readonly label: string
  /** How much it gave at each moment. */
  readonly values: readonly number[]
}

const layersOf = ({ points, labels }: PastScore): readonly Layer[] => {
  const most = new Map<string, number>()
  for (const { rules } of points)
    for (const [rule, value] of Object.entries(rules)) most.set(rule, Math.max(most.get(rule) ?? 0, value))
  const ranked = [...most].filter(([, value]) => value > 0).toSorted(([, a], [, b]) => b - a)
  const own = ranked.slice(0, named).map(([id]) => id)
  const others = ranked.slice(named).map(([id]) => id)
  const given = ({ rules }: Point, ids: readonly string[]): number =>
    ids.reduce((sum, id) => sum + Math.max(0, rules[id] ?? 0), 0)
  const layers = own.map((id) => ({
    id,
    label: labels[id] ?? id.replaceAll(/[-_]/g, ' '),
    values: points.map((point) => given(point, [id])),
  }))
  return others.length === 0
    ? layers
    : [...layers, { id: '', label: t.leads.otherRules, values: points.map((point) => given(point, others)) }]
}

/** The score over time, by rule. Drawn where there is more than a moment to draw. */
export const ScoreChart = ({ leadId }: { readonly leadId: string }) => {
  const { data } = usePastScore(leadId)
  const [first, last] = [data?.points[0], data?.points.at(-1)]
  if (!data || !first || !last || data.points.length < 2) return null
  const layers = layersOf(data)
  return layers.length === 0 ? null : (
    <section class={reading.section}>
      <h2>{t.leads.scoreOverTime}</h2>
      <Drawing points={data.points} layers={layers} />
      <p class={css.axis}>
        <span>{dayText(first.at, now())}</span>
        <span>{t.leads.highest(scoreText(Math.max(...data.points.map(({ score }) => score))))}</span>
        <span>{dayText(last.at, now())}</span>
      </p>
      <ul class={css.legend}>
        {layers.map(({ id, label }, index) => (
          <li key={id}>
            <i class={css.swatch} data-layer={index} />
            {label}
          </li>
        ))}
      </ul>
    </section>
  )
}

interface DrawingProps {
  readonly points: readonly Point[]
  readonly layers: readonly Layer[]
}

const Drawing = ({ points, layers }: DrawingProps) => {
  const [from, to] = [Date.parse(points[0]?.at ?? ''), Date.parse(points.at(-1)?.at ?? '')]
  const sums = points.map((_, index) => layers.reduce((sum, { values }) => sum + (values[index] ?? 0), 0))
  const top = Math.max(1, ...sums) * 1.05
  const x = (at: string): number => (to === from ? 0 : ((Date.parse(at) - from) / (to - from)) * width)
  const y = (value: number): number => height - (value / top) * height
  const path = (values: readonly number[]): string =>
    points.map(({ at }, index) => `${x(at).toFixed(1)},${y(values[index] ?? 0).toFixed(1)}`).join(' L')
  const below = points.map(() => 0)
  const areas = layers.map(({ values }) => {
    const floor = [...below]
    for (const [index, value] of values.entries()) below[index] = (below[index] ?? 0) + value
    const ceiling = path(below)
    const back = points
      .map(({ at }, index) => `${x(at).toFixed(1)},${y(floor[index] ?? 0).toFixed(1)}`)
      .toReversed()
      .join(' L')
    return `M${ceiling} L${back} Z`
  })
  const scores = points.map(({ score }) => score)
  const [first, last] = [points[0], points.at(-1)]
  return (
    <svg
      class={css.chart}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={
        first && last
          ? t.leads.drawn(scoreText(first.score), exactTime(first.at), scoreText(last.score))
          : undefined
      }
    >
      {areas.map((area, index) => (
        <path key={layers[index]?.id} d={area} data-layer={index} />
      ))}
      <path d={`M${path(scores)}`} class={css.line} vector-effect="non-scaling-stroke" />
    </svg>
  )
}
