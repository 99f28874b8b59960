import { setTimeout as sleep } from 'node:timers/promises'
import type { ProposalView } from '../../domain/calibration/calibration-run.ts'
import type { ScoringCalibration } from '../../domain/calibration/scoring-proposal.ts'
import { makeConsoleClient, refusal } from '../playbook/publish.ts'

/** What `GET /api/scoring/calibration` answers. */
export type CalibrationView = Omit<ScoringCalibration, 'asOf'> & {
  readonly asOf: string | null
  readonly leftOut: number
  readonly proposal: ProposalView
  readonly running?: { readonly startedAt: string }
}

interface SystemOptions {
  readonly url: string
  readonly token: string
  /** Asks anew. */
  readonly run: boolean
  readonly wanted: number | undefined
}

const route = '/api/scoring/calibration'
/** A run takes seconds, of a very large system minutes. */
const mostLooks = 600

/** Asks a running Trichter what outcomes say of its scoring. @throws Error with what it refused. */
export const askSystem = async ({ url, token, run, wanted }: SystemOptions): Promise<CalibrationView> => {
  const call = makeConsoleClient(url, token)
  const asked = async (method: 'GET' | 'POST', body?: object): Promise<CalibrationView> => {
    const answer = await call(method, route, body)
    if (answer.status !== 200 && answer.status !== 202)
      throw new Error(refusal(answer.status, answer.body).join('\n'))
    // Our own API: its shape is not checked again.
    return answer.body as CalibrationView
  }
  if (run) await asked('POST', wanted === undefined ? {} : { handoffsPerWeek: wanted })
  for (let looks = 1; ; looks += 1) {
    const view = await asked('GET')
    if (!run || view.running === undefined) return view
    if (looks === mostLooks) throw new Error('The run takes longer than ten minutes: look again later.')
    await sleep(1_000)
  }
}

const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`)
const decimal = (number: number | null): string => (number === null ? '–' : number.toFixed(2))
const auc = (number: number | null): string => (number === null ? '–' : number.toFixed(3))

/** Columns as wide as their widest cell; the first to the left, the others to the right. */
const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  )
}

type Proposed = Extract<ScoringCalibration, { status: 'ok' }>

const becomes = (today: string, proposed: string): string =>
  today === proposed ? today : `${today} → ${proposed}`

const pointsOf = (points: number | null): string => (points === null ? 'as written' : String(points))

const ruleRows = ({ rules }: Proposed): readonly (readonly string[])[] =>
  rules.map(({ rule, unknown, leads, lift, low, high, today, proposed, halfLife }) => [
    unknown ? `${rule} (unknown)` : rule,
    String(leads),
    decimal(lift),
    lift === null ? '' : `${decimal(low)}–${decimal(high)}`,
    becomes(pointsOf(today), pointsOf(proposed)),
    halfLife ? becomes(halfLife.today, halfLife.proposed) : '',
  ])

const wordProposal = (proposal: ProposalView): string => {
  switch (proposal.state) {
    case 'none':
      return 'Nothing is proposed: other points would not tell outcomes apart better.'
    case 'open':
      return `Proposed, and nothing was changed. POST ${route}/draft makes it a draft of the playbook, POST ${route}/decline with a reason declines it.`
    case 'outdated':
      return 'Other rules are live since: ask again with --run.'
    case 'declined':
      return `Declined on ${proposal.declinedAt.slice(0, 10)}: ${proposal.reason}`
    default:
      return proposal satisfies never
  }
}

const thresholdRows = ({ threshold }: Proposed): readonly (readonly string[])[] => {
  const { today, proposed, precision, recall, handoffsPerWeek, now } = threshold
  return [
    ['threshold', 'score', 'precision', 'recall', 'handoffs a week'],
    ['today', decimal(today), percent(now.precision), percent(now.recall), decimal(now.handoffsPerWeek)],
    ['proposed', decimal(proposed), percent(precision), percent(recall), decimal(handoffsPerWeek)],
  ]
}

const headOf = ({ judged, rarer, asOf, leftOut, verdicts }: CalibrationView): readonly string[] => {
  const counts = Object.entries(verdicts ?? {}).map(([verdict, count]) => `${count} ${verdict}`)
  const split = counts.length > 0 ? `: ${counts.join(', ')}` : ''
  return [
    `${judged} handoffs are judged by sales as of ${asOf ?? 'never'}, ${rarer} of the rarer outcome${split}.`,
    'Of leads that were not handed over nobody knows what sales would have said.',
    ...(leftOut > 0 ? [`${leftOut} have too long a history to be read for this.`] : []),
  ]
}

const aucRows = ({ auc: { today, points, folds, inTime } }: Proposed): readonly (readonly string[])[] => [
  ['today', auc(today)],
  ['proposed points', auc(points)],
  ['learned, in five folds', auc(folds)],
  ['learned, in time order', auc(inTime)],
]

/** The answer for people to read. */
export const systemReport = (view: CalibrationView): readonly string[] => {
  if (view.status === 'not-enough-data')
    return [...headOf(view), 'Too few to learn from: 100 are needed, 30 of the rarer outcome.']
  const known = view as Proposed & CalibrationView
  const groups = known.calibration.map(({ predicted, actual, leads }) => [
    ...[percent(predicted), percent(actual), `${leads} leads`],
  ])
  const months = known.drift.map(({ month, leads, auc: area, error }) => [
    ...[month, `${leads} leads`, auc(area), percent(error)],
  ])
  return [
    ...headOf(view),
    '',
    'How well outcomes are told apart (AUC: 0.5 is guessing, 1 is knowing)',
    ...table(aucRows(known)),
    ...known.leaks.map(({ field, why }) => `Leak? ${field}: ${why}`),
    '',
    ...table([['rule', 'leads', 'lift', '95 %', 'points', 'half-life'], ...ruleRows(known)]),
    '',
    ...table(thresholdRows(known)),
    '',
    'Of ten equal groups, by chance: predicted and actual share',
    ...table(groups),
    '',
    'Month by month: how well the scores of today told outcomes apart, and how much better they ended than expected',
    ...table(months),
    '',
    wordProposal(known.proposal),
  ]
}
