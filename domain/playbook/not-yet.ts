import type { Playbook } from './playbook.ts'

/** What a good playbook says that changes nothing yet: told by the check, so that nobody trusts what does not hold. */
export const notYet = ({ handoff }: Playbook): readonly string[] => [
  ...Object.values(handoff.teams)
    .filter(({ strategy }) => strategy !== 'round-robin')
    .map(
      ({ id, strategy }) =>
        `handoff.yaml: warning: team ${id}: "${strategy}" takes turns like round-robin for now`,
    ),
]
