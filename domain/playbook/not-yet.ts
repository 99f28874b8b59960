import type { Playbook } from './playbook.ts'

/** What a good playbook says that changes nothing yet: told by the check, so that nobody trusts a cap that does not cap. */
export const notYet = ({ settings, sequences, handoff }: Playbook): readonly string[] => [
  ...(settings.sending ? ['settings.yaml: warning: sending hours are not kept yet'] : []),
  ...(settings.caps?.length ? ['settings.yaml: warning: frequency caps are not applied yet'] : []),
  ...Object.values(sequences)
    .filter(({ enter }) => !('stage' in enter))
    .map(({ id }) => `sequences/${id}.yaml: warning: nobody enters yet: sequences begin at a stage`),
  ...Object.values(handoff.teams)
    .filter(({ strategy }) => strategy !== 'round-robin')
    .map(
      ({ id, strategy }) =>
        `handoff.yaml: warning: team ${id}: "${strategy}" takes turns like round-robin for now`,
    ),
]
