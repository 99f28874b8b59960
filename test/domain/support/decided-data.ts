import type { Decision } from '../../../domain/model/decision.ts'

/** What a decision of any type says, by name. */
export const dataOf = ({ data }: Pick<Decision, 'data'>): Readonly<Record<string, unknown>> => data
