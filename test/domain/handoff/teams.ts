import type { Member, Team } from '../../../domain/model/handoff-rules.ts'

/** Address of a member by first name. */
export const at = (name: string): string => `${name.toLowerCase()}@sales.example.com`

export const member = (name: string, more: Partial<Member> = {}): Member => ({
  name,
  email: at(name),
  ...more,
})

/** Open on workdays from nine to five in Berlin; Anna, Ben and Cara unless it says otherwise. */
export const team = (parts: Partial<Team> = {}): Team => ({
  id: 'dach',
  timeZone: 'Europe/Berlin',
  hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
  holidays: ['2026-12-25'],
  strategy: 'round-robin',
  members: [member('Anna'), member('Ben'), member('Cara')],
  ...parts,
})
