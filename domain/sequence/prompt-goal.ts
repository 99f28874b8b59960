import type { Condition } from '../condition/condition.ts'

/**
 * Whether a goal counts as soon as an activity reaches it, rather than when the wait is over in which that happens: it asks
 * only for what the lead did outside of emails, and is. Clicks may prove to be a robot's, and points and stages with them;
 * what has not been done may be done yet.
 */
export const isPromptGoal = ({ mentions, negates }: Pick<Condition, 'mentions' | 'negates'>): boolean =>
  !negates &&
  mentions.types.length > 0 &&
  mentions.types.every(({ name }) => !name.startsWith('email.')) &&
  mentions.emails.length === 0 &&
  mentions.stages.length === 0 &&
  mentions.phases.length === 0 &&
  mentions.variables.every(({ name }) => name === 'lead')
