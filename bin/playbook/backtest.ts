import { relative } from 'node:path'
import {
  type BacktestSummary,
  type Example,
  emptySummary,
  figuresOf,
  mergeSummaries,
} from '../../domain/backtest/summary.ts'
import { faultLine, isError } from '../../domain/playbook/fault.ts'
import { parsePlaybook } from '../../domain/playbook/parse-playbook.ts'
import { readFolder } from '../../lib/playbook/load-playbook.ts'
import { makeProgress } from '../progress.ts'
import type { Command } from './check.ts'
import { makeConsoleClient, parse, refusal } from './publish.ts'

const shown = 10

const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`)
const change = <Value>([live, draft]: readonly [Value, Value], text: (value: Value) => string): string =>
  text(live) === text(draft) ? text(live) : `${text(live)} → ${text(draft)}`

/** Columns as wide as their widest cell. */
const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  )
}

const models = (summary: BacktestSummary): readonly string[] => {
  const { live, draft } = figuresOf(summary)
  const counts = (of: keyof BacktestSummary['live'], meaning: string) => [
    of,
    String(summary.live[of]),
    String(summary.draft[of]),
    meaning,
  ]
  return table([
    ['', 'live', 'draft', ''],
    ['precision', percent(live.precision), percent(draft.precision), 'right / (right + wrong)'],
    ['recall', percent(live.recall), percent(draft.recall), 'right / (right + missed)'],
    counts('right', 'handed over; sales accepted or won them'),
    counts('wrong', 'handed over; sales rejected or lost them'),
    counts('missed', 'accepted or won, but not handed over in time'),
    counts('spared', 'rejected or lost, and not handed over'),
  ])
}

const changes = (summary: BacktestSummary): readonly string[] => {
  const { handedOff, gained } = summary
  const { mean, median } = figuresOf(summary).daysGained
  const moves = Object.entries(summary.stages)
    .flatMap(([from, tos]) => Object.entries(tos).map(([to, count]) => ({ from, to, count })))
    .sort((a, b) => b.count - a.count)
  return [
    ...table([
      ['scored differently', String(summary.scoredDifferently), 'another band or grade'],
      ['staged differently', String(summary.stagedDifferently), ''],
      ...moves.map(({ from, to, count }) => ['', String(count), `${from} → ${to}`]),
      ['handed over newly', String(handedOff.newly), ''],
      ['no longer', String(handedOff.noLonger), ''],
      ['under both', String(handedOff.both), `${handedOff.earlier} earlier, ${handedOff.later} later`],
    ]),
    mean === null || median === null
      ? '  days gained: no lead that both hand over was accepted or won'
      : `  days gained: ${mean.toFixed(1)} on average, median ${median} (over ${gained.leads} accepted or won)`,
  ]
}

const example = ({ leadId, score, band, stage, qualifiedAt }: Example): readonly string[] => [
  leadId,
  change(score, (value) => value.toFixed(1)),
  change(band, String),
  change(stage, String),
  change(qualifiedAt, (at) => at?.slice(0, 10) ?? 'never'),
]

/** A backtest for people to read. */
export const backtestReport = (summary: BacktestSummary, folder: string): readonly string[] => {
  const { leads, examples, live } = summary
  if (leads === 0) return ['There are no leads to replay yet.']
  const judged = live.right + live.wrong + live.missed + live.spared
  return [
    `${leads} leads under the live playbook and under ${folder}; sales has judged ${judged} of them.`,
    '',
    ...models(summary),
    ...(judged === 0
      ? []
      : ['  Sales judges what it is given: whom the live rules leave out is rarely among these.']),
    '',
    ...changes(summary),
    ...(examples.length === 0
      ? ['', 'No lead changes.']
      : [
          '',
          'Largest changes',
          ...table([
            ['lead', 'score', 'band', 'stage', 'handed over'],
            ...examples.slice(0, shown).map(example),
          ]),
        ]),
    '',
    `Nothing was changed. To put it live: npm run playbook -- publish ${folder}`,
  ]
}

/** What `POST /api/playbook/backtest` answers. */
interface Page {
  readonly summary: BacktestSummary
  readonly next?: string
  readonly total?: number
}

/** Asks for the page at a cursor. @throws with what the API refused, line by line. */
type AskFor = (cursor: string | undefined) => Promise<Page>

/** Leads for each request: many enough that a long run is few requests, few enough that the bar moves. */
const limit = 250

const makeAskFor = (url: string, token: string, files: ReadonlyMap<string, string>): AskFor => {
  const call = makeConsoleClient(url, token)
  return async (cursor) => {
    const { status, body } = await call('POST', '/api/playbook/backtest', {
      files: Object.fromEntries(files),
      limit,
      ...(cursor !== undefined && { cursor }),
    })
    if (status !== 200) throw new Error(refusal(status, body).join('\n'))
    // Our own API: its shape is not checked again.
    return body as Page
  }
}

const replayAll = async (askFor: AskFor): Promise<BacktestSummary> => {
  let page = await askFor(undefined)
  const progress = makeProgress('Leads', Math.max(page.total ?? 0, page.summary.leads, 1))
  let summary = mergeSummaries(emptySummary, page.summary)
  progress(page.summary.leads)
  while (page.next !== undefined) {
    page = await askFor(page.next)
    progress(page.summary.leads)
    summary = mergeSummaries(summary, page.summary)
  }
  return summary
}

/** Replays all leads of a running Trichter under the playbook in a folder, and says what it would change. Changes nothing. */
export const backtest: Command = {
  usage: ['[DIR] [--url …] [--token …]', 'replays all leads under a playbook, and changes nothing'],
  run: async (args) => {
    const given = parse(args)
    if (!given) return undefined
    try {
      const files = await readFolder(given.dir)
      const errors = parsePlaybook(files).faults.filter(isError)
      for (const fault of errors) console.log(faultLine(fault))
      if (errors.length > 0) return 1
      const summary = await replayAll(makeAskFor(given.url, given.token, files))
      const folder = relative(process.cwd(), given.dir) || '.'
      for (const line of backtestReport(summary, folder)) console.log(line)
      return 0
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error))
      return 1
    }
  },
}
