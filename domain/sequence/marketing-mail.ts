import type { Playbook } from '../playbook/playbook.ts'

export const isMarketing = ({ emails }: Pick<Playbook, 'emails'>, email: string): boolean =>
  Object.values(emails[email] ?? {}).some(({ kind }) => kind === 'marketing')
