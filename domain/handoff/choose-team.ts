import type { HandoffRules, Team } from './handoff-rules.ts'

/** The first route that matches. @throws a defect when none does: a checked playbook ends in a route without `when`. */
export const chooseTeam = (rules: HandoffRules, matches: (condition: string) => boolean): Team => {
  const route = rules.route.find(({ when }) => when === undefined || matches(when))
  const team = route && rules.teams[route.team]
  if (!team) throw new Error('handoff.yaml: no route matches, or it names a team that is not there')
  return team
}

/** The team of the last route: where leads go that nobody else takes. */
export const defaultTeam = (rules: Pick<HandoffRules, 'route' | 'teams'>): Team => {
  const team = rules.teams[rules.route.at(-1)?.team ?? '']
  if (!team) throw new Error('handoff.yaml: the last route names a team that is not there')
  return team
}
