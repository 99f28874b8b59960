import { Liquid } from 'liquidjs'

const engine = (catchAllErrors: boolean): Liquid => {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    outputEscape: 'escape',
    catchAllErrors,
    timezoneOffset: 0,
    parseLimit: 1_000_000,
    renderLimit: 5_000,
    memoryLimit: 10_000_000,
  })
  for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag]
  for (const filter of ['raw', 'push', 'unshift']) liquid.unregisterFilter(filter)
  return liquid
}

/** Strict about variables and filters; only `default` and `if` bear a missing variable. Reads no other files, escapes what it writes. */
export const liquid = engine(false)

/** The same, but goes on after a mistake of syntax to find the next. */
export const checkingLiquid = engine(true)
