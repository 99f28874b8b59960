import type { Fact } from '../activity/activity.ts'
import { reshapes } from './left-out.ts'

/** The facts that a lead's log held at `at` (RFC 3339 UTC), as known today: what was taken back or joined since stays so. */
export const factsAt = (facts: readonly Fact[], at: string): readonly Fact[] =>
  facts.filter((fact) => fact.occurredAt <= at || reshapes(fact))
