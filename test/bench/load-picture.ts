import type { LoadResult, Sample } from './load.ts'

/** Of the whole picture; each curve has a strip of its own. */
const width = 860
const strip = { left: 58, right: 20, top: 54, height: 128, gap: 66 }
const ink = '#1f2a28'
const faint = '#8a9591'
const accent = '#0e6158'

interface Curve {
  readonly title: string
  readonly of: (sample: Sample) => number
}

const curves: readonly Curve[] = [
  { title: 'Processor time of one activity, ms', of: ({ cpu, activities }) => cpu / activities },
  { title: 'Requests of one activity', of: ({ calls, activities }) => calls / activities },
  { title: 'Memory of the whole runner, MB', of: ({ memory }) => memory },
  {
    title: 'Activities a second, until nothing is in flight',
    of: ({ activities, seconds }) => activities / seconds,
  },
]

/** The next value of 1, 2 or 5 with zeros: where an axis ends well. */
const roundUp = (value: number): number => {
  const step = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 2.5, 5, 10].map((times) => times * step).find((end) => end >= value) ?? value
}

const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${words}</text>`

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

const drawCurve = ({ title, of }: Curve, { warmUp, samples }: LoadResult, index: number): string => {
  const top = strip.top + index * (strip.height + strip.gap)
  const all = [...warmUp, ...samples]
  const most = roundUp(Math.max(...all.map(of)))
  const span = width - strip.left - strip.right
  const done = all.map((_, at) => all.slice(0, at + 1).reduce((sum, { activities }) => sum + activities, 0))
  const whole = done.at(-1) ?? 1
  const x = (activities: number) => strip.left + (activities / whole) * span
  const y = (value: number) => top + strip.height * (1 - value / most)
  const warm = x(done[warmUp.length - 1] ?? 0)
  const lines = [0, most / 2, most].map(
    (value) =>
      `<path d="M${strip.left} ${y(value).toFixed(1)}H${width - strip.right}" stroke="${faint}" stroke-opacity=".35"/>` +
      text(strip.left - 8, y(value) + 4, number.format(value), `text-anchor="end" fill="${faint}"`),
  )
  const points = all.map((sample, at) => `${x(done[at] ?? 0).toFixed(1)},${y(of(sample)).toFixed(1)}`)
  return [
    `<rect x="${strip.left}" y="${top}" width="${(warm - strip.left).toFixed(1)}" height="${strip.height}" fill="${faint}" fill-opacity=".12"/>`,
    text(strip.left, top - 12, title, `fill="${ink}" font-weight="600"`),
    ...lines,
    `<polyline points="${points.join(' ')}" fill="none" stroke="${accent}" stroke-width="2" stroke-linejoin="round"/>`,
    ...(index === 0
      ? [text(strip.left + 8, top + strip.height - 8, 'everybody signs up', `fill="${faint}"`)]
      : []),
    ...[warm, x(whole)].map((at, which) =>
      text(
        at,
        top + strip.height + 18,
        which === 0 ? number.format(done[warmUp.length - 1] ?? 0) : `${number.format(whole)} activities`,
        `text-anchor="${which === 0 ? 'middle' : 'end'}" fill="${faint}"`,
      ),
    ),
  ].join('\n')
}

/** The run as curves over the activities done, on paper that suits a light page and a dark one. */
export const drawLoad = (result: LoadResult): string => {
  const height = strip.top + curves.length * (strip.height + strip.gap)
  const { leads, activities, emails } = result.size
  const title = `${number.format(leads)} leads, ${number.format(activities)} activities, ${number.format(emails)} emails`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="13">
<title>${title}: processor time, requests, memory and throughput over the run</title>
<rect width="${width}" height="${height}" rx="8" fill="#fbfaf7"/>
${curves.map((curve, index) => drawCurve(curve, result, index)).join('\n')}
</svg>
`
}
