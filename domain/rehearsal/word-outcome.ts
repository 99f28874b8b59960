import type { Entry, Outcome } from './entry.ts'
import { localMinute, rounded } from './line.ts'

const count = (entries: readonly Entry[], test: (entry: Entry) => boolean): number =>
  entries.filter(test).length

const listed = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '))

/** How things stand at the end: what each line is about, and what it says. */
export const wordOutcome = (
  { stage, consent, standing, points, sequences, handoffs }: Outcome,
  entries: readonly Entry[],
  timeZone: string,
): readonly (readonly [label: string, text: string])[] => {
  const { score, fit, engagement, grade } = standing
  const mails = (recipient: string): number =>
    count(entries, (entry) => entry.type === 'mail' && entry.recipient === recipient)
  const unsent = count(entries, (entry) => entry.type === 'decision' && entry.decision === 'EmailSuppressed')
  const waits = sequences.filter(({ nextAt }) => nextAt !== null)
  const open = handoffs.filter(({ state }) => state === 'requested')
  return [
    ['score', `${rounded(score)} = fit ${rounded(fit)} + engagement ${rounded(engagement)}, grade ${grade}`],
    ['points', listed(points.map((part) => `${part.rule} ${rounded(part.points)}`))],
    ['stage', stage],
    ['consent', consent],
    ['emails', `${mails('lead')} to the lead, ${mails('owner')} to sales, ${unsent} not sent`],
    ['sequences', listed(sequences.map(({ sequence, status }) => `${sequence} (${status})`))],
    ['handoffs', listed(handoffs.map(({ team, owner, state }) => `${owner.name} of ${team} (${state})`))],
    [
      'waiting',
      listed([
        ...waits.map(({ sequence, nextAt }) => `${sequence} until ${localMinute(nextAt ?? '', timeZone)}`),
        ...open.map(({ owner, dueAt }) => `answer of ${owner.name}, due ${localMinute(dueAt, timeZone)}`),
      ]),
    ],
  ]
}
