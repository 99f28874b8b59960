import { parseArgs } from 'node:util'
import { assumed, counted, countedOn } from '../domain/cost/counted.ts'
import { pricedAt, prices } from '../domain/cost/prices.ts'
import { type Load, type Quotas, reckon, shareOf } from '../domain/cost/scale.ts'
import { asksForHelp } from './help.ts'
import { spread } from './spread.ts'

const usage = `npm run scale -- [--leads 1000000] [--activitiesPerDay 500000] [--emailsPerDay 200000] [--newLeadsPerDay 5000]
                 [--handoffsPerDay 500] [--peak 3] [--inBatches] [--sesRate 14] [--concurrency 1000]
                 [--leadKilobytes 10] [--callMilliseconds 50] [--json]
Reckons from counted requests what a load takes in its busiest second, what a month of it costs, and which limit is hit first.
  --peak       how many times as much the busiest second has as the average one
  --inBatches  programs report fifty activities at once; else each comes by itself`

const number = (
  name: keyof Load | keyof Quotas | 'leadKilobytes' | 'callMilliseconds',
  given: string,
): number => {
  const value = Number(given)
  if (given === '' || !Number.isFinite(value) || value < 0)
    throw new TypeError(`--${name} is no number: ${given}`)
  return value
}

const text = (value: string) => ({ type: 'string', default: value }) as const

const days = 30
const shown = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumSignificantDigits: 3 })

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map(
      (row) =>
        `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`,
    )
    .join('\n')
}

type Reckoning = ReturnType<typeof reckon>

const busiest = ({ perSecond }: Reckoning): string => {
  const words = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return table(Object.entries(perSecond).map(([name, amount]) => [words(name), shown.format(amount)]))
}

const hottest = ({ partitions }: Reckoning): string => {
  const rows = partitions
    .slice(0, 8)
    .map(({ kind, parts, written, read }) => [
      ...[kind, String(parts), shown.format(written)],
      shown.format(read),
    ])
  return table([['', 'parts', 'written of 1,000', 'read of 3,000'], ...rows])
}

const nearest = ({ limits }: Reckoning): string => {
  const rows = limits.map((limit) => [
    ...[limit.name, shown.format(limit.used), shown.format(limit.quota)],
    ...[`${shown.format(100 * shareOf(limit))} %`, `${shown.format(1 / shareOf(limit))} ×`],
  ])
  const [first] = limits
  if (!first) return ''
  const said = shareOf(first) >= 1 ? 'Over the limit' : 'The first limit'
  return `${table([['', 'used', 'of', '', 'hit at'], ...rows])}\n\n${said}: ${first.name} (${first.unit}). To do: ${first.remedy}.`
}

const bill = ({ leads, emailsPerDay }: Load, { cost }: Reckoning): string => {
  const rows = cost.lines.map(({ item, quantity, dollars }) => [
    ...[prices[item].unit, shown.format(quantity)],
    money.format(dollars),
  ])
  const emails = days * emailsPerDay
  const perEmails =
    emails > 0
      ? `, ${money.format((1_000 * cost.dollars) / emails)} for a thousand emails with all that goes with them`
      : ''
  const each = leads > 0 ? `\n\n${money.format(cost.dollars / leads)} a lead and month${perEmails}.` : ''
  return `${table([...rows, ['together', '', money.format(cost.dollars)]])}${each}`
}

const print = (load: Load, result: Reckoning): void => {
  console.log(`Counted on ${countedOn}; prices of ${pricedAt.region}, ${pricedAt.asOf}.`)
  console.log(`\nIn the busiest second (${load.peak} × the average)\n${busiest(result)}`)
  console.log(`\nPartitions that everybody writes to, units a second in each\n${hottest(result)}`)
  console.log(`\nLimits, the nearest first\n${nearest(result)}`)
  console.log(`\nA month of thirty days\n${bill(load, result)}`)
}

const run = (): number => {
  if (asksForHelp(process.argv)) {
    console.log(usage)
    return 0
  }
  const { values } = parseArgs({
    options: {
      leads: text('1000000'),
      activitiesPerDay: text('500000'),
      emailsPerDay: text('200000'),
      newLeadsPerDay: text('5000'),
      handoffsPerDay: text('500'),
      peak: text('3'),
      inBatches: { type: 'boolean', default: false },
      sesRate: text('14'),
      concurrency: text('1000'),
      leadKilobytes: text(String(assumed.leadKilobytes)),
      callMilliseconds: text(String(assumed.callMilliseconds)),
      json: { type: 'boolean', default: false },
    },
  })
  const of = (name: Exclude<keyof typeof values, 'inBatches' | 'json'>): number => number(name, values[name])
  const load: Load = {
    leads: of('leads'),
    activitiesPerDay: of('activitiesPerDay'),
    emailsPerDay: of('emailsPerDay'),
    newLeadsPerDay: of('newLeadsPerDay'),
    handoffsPerDay: of('handoffsPerDay'),
    peak: of('peak'),
    inBatches: values.inBatches,
  }
  const quotas = { sesRate: of('sesRate'), concurrency: of('concurrency') }
  const taken = { ...assumed, leadKilobytes: of('leadKilobytes'), callMilliseconds: of('callMilliseconds') }
  const result = reckon(load, { counted, spread }, taken, quotas)
  if (values.json) console.log(JSON.stringify({ load, quotas, ...result }, null, 2))
  else print(load, result)
  return 0
}

try {
  process.exitCode = run()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = error instanceof TypeError ? 2 : 1
}
