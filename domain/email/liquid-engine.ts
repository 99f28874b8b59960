import { Liquid } from 'liquidjs'

/**
 * Liquid as emails are checked by: strict about variables and filters, so that only `default` and `if` bear a missing
 * variable; without what reads other files or writes unescaped. After a mistake of syntax it goes on to find the next.
 */
export const liquid = new Liquid({
  strictVariables: true,
  strictFilters: true,
  lenientIf: true,
  ownPropertyOnly: true,
  catchAllErrors: true,
  templates: {},
  parseLimit: 1_000_000,
})

for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag]
liquid.unregisterFilter('raw')
