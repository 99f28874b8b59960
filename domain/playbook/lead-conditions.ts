import type { Playbook } from './playbook.ts'

/** The source text of every condition about a lead (all but `where`), wherever in the playbook it stands. */
export const leadConditions = ({ scoring, funnel, handoff, sequences }: Playbook): readonly string[] =>
  [
    ...scoring.fit.map(({ when }) => when),
    ...funnel.stages.map(({ enter }) => enter),
    handoff.qualify,
    ...handoff.route.map(({ when }) => when),
    ...(handoff.opening ?? []).map(({ when }) => when),
    ...Object.values(sequences).flatMap(({ enter, audience, exit, goal, program }) => [
      'when' in enter ? enter.when : undefined,
      audience,
      exit,
      goal,
      ...program.map((step) => (step.type === 'branch' ? step.if : undefined)),
    ]),
  ].filter((source) => source !== undefined)
