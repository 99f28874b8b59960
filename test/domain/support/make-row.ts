import type { Row } from '../../../domain/kpi/row.ts'

/** A row of the figures: a page was viewed, unless `changes` say otherwise. */
export const makeRow = (changes: Partial<Row> & Pick<Row, 'lead' | 'happenedAt'>): Row => ({
  source: 'direct',
  campaign: null,
  kind: 'activity',
  until: null,
  next: null,
  first: null,
  value: null,
  key: 'page.viewed',
  n: 1,
  amount: null,
  currency: null,
  ...changes,
})
