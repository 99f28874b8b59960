import { parseArgs } from 'node:util'
import { calibrateTable, printFields } from './calibrate/outcomes-table.ts'
import { askSystem, systemReport } from './calibrate/running-system.ts'
import { asksForHelp } from './help.ts'

const usage = `npm run calibrate -- [--run [--wanted N]] [--url URL] [--token TOKEN] [--json]
Prints what sales' answers say of the scoring of a running system, as of its latest run.
  --run             asks anew, and waits for it
  --wanted N        handoffs a week to find a threshold for (default: as many as sales accepts)
  --url URL         the running system (default http://127.0.0.1:3000)
  --token TOKEN     for its console API (default local-marketing)
  --json            the answer as JSON

npm run calibrate -- --csv FILE --label COLUMN [--time COLUMN] [--positive VALUE] [--without COLUMN]… [--known COLUMN]… [--json]
Says what outcomes tell of the fields that were known before them: FILE has a line for each lead, and --label names the
column that says how it ended.
  --time COLUMN     when it was (dates, times or numbers); otherwise the lines are oldest first
  --positive VALUE  the ending hoped for (default: yes, true, 1, won or accepted)
  --without COLUMN  leaves a column out
  --known COLUMN    was known beforehand, however much it looks like a leak`

const text = { type: 'string' } as const
const flag = { type: 'boolean', default: false } as const
const several = { ...text, multiple: true, default: [] as string[] } as const

const options = {
  ...{ csv: text, label: text, time: text, positive: text, without: several, known: several },
  ...{ json: flag, run: flag, wanted: text },
  url: { ...text, default: 'http://127.0.0.1:3000' },
  token: { ...text, default: 'local-marketing' },
} as const

const numberOf = (wanted: string | undefined): number | undefined => {
  if (wanted === undefined) return undefined
  const number = Number(wanted)
  if (!(number > 0)) throw new TypeError(`--wanted is a number of handoffs a week, not "${wanted}"`)
  return number
}

const run = async (): Promise<number> => {
  if (asksForHelp(process.argv)) {
    console.log(usage)
    return 0
  }
  const { csv, label, json, wanted, ...given } = parseArgs({ options }).values
  if (csv === undefined) {
    if (label !== undefined) throw new TypeError('--label is about a table: name it with --csv')
    const view = await askSystem({ ...given, wanted: numberOf(wanted) })
    console.log(json ? JSON.stringify(view, null, 2) : systemReport(view).join('\n'))
    return 0
  }
  if (label === undefined) throw new TypeError('which column says how leads ended? Say it with --label')
  const { time, positive, without, known } = given
  const calibration = await calibrateTable({ csv, label, time, positive, without, known })
  if (json) console.log(JSON.stringify(calibration, null, 2))
  else printFields(calibration)
  return 0
}

const isMisread = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')

process.exitCode = await run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return isMisread(error) ? 2 : 1
})
