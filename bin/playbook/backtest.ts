import { relative } from 'node:path'
import { type BacktestSummary, emptySummary } from '../../domain/backtest/backtest-summary.ts'
import { mergeSummaries } from '../../domain/backtest/merge-summaries.ts'
import { faultLine, isError } from '../../domain/playbook/fault.ts'
import { parsePlaybook } from '../../domain/playbook/parse-playbook.ts'
import { readFolder } from '../../lib/playbook/read-folder.ts'
import { makeProgress } from '../progress.ts'
import { backtestReport } from './backtest-report.ts'
import type { Command } from './command.ts'
import { makeConsoleClient } from './console-client.ts'
import { parse, refusal } from './publish.ts'

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
