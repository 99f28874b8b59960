import { expect, it } from 'vitest'
import { faultLine } from '../../../domain/playbook/fault.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { changed } from './small-playbook.ts'

const told = (from: string, to: string): readonly string[] =>
  parsePlaybook(changed('handoff.yaml', from, to)).faults.map(faultLine)

const members = `members:
      - { name: Anna, email: anna@sales.example.com, weight: 1 }
      - { name: Ben, email: ben@sales.example.com }`

/** What issue 5 calls bad input, by the playbook: each with its place and what would be right. */
it.each<[string, string, string, readonly string[]]>([
  [
    'a route to a team that is not there',
    `when: 'lead.country == "DE"', team: dach`,
    `when: 'lead.country == "DE"', team: dahc`,
    ['handoff.yaml:14:43: unknown team "dahc"; did you mean "dach"?'],
  ],
  [
    'a member without an address',
    '{ name: Ben, email: ben@sales.example.com }',
    '{ name: Ben }',
    ['handoff.yaml:12:9: "email" is missing'],
  ],
  [
    'a member with an address that is none',
    'ben@sales.example.com',
    'ben.sales.example.com',
    ['handoff.yaml:12:29: not an email address'],
  ],
  ['a team of nobody', members, 'members: []', ['handoff.yaml:10:5: needs at least one entry']],
  ['a team without members', members, '', ['handoff.yaml:4:3: "members" is missing']],
  [
    'a pause that is over before the last deadline',
    'pause: 30d',
    'pause: 7h',
    ['handoff.yaml:18:40: the pause is shorter than the longest deadline under "accept"'],
  ],
  [
    'a deadline longer than the pause',
    'reassign: 8h',
    'reassign: 31d',
    ['handoff.yaml:18:40: the pause is shorter than the longest deadline under "accept"'],
  ],
  [
    'a deadline before now',
    'remind: 2h',
    'remind: -2h',
    ['handoff.yaml:16:19: a duration is a whole number and m, h, d or w: 90m, 4h, 3d, 2w'],
  ],
  [
    'a deadline at once',
    'remind: 2h',
    'remind: 0h',
    ['handoff.yaml:16:19: a duration is a whole number and m, h, d or w: 90m, 4h, 3d, 2w'],
  ],
  [
    'a reminder after the escalation',
    'remind: 2h',
    'remind: 5h',
    ['handoff.yaml:16:33: "escalate" must come later than "remind"'],
  ],
  [
    'an end before the last deadline',
    'reassign: 8h',
    'reassign: 8h, expire: { after: 8h, reason: not-now }',
    ['handoff.yaml:16:68: "expire" must come later than "reassign"'],
  ],
  [
    'an end for a reason that there is not',
    'reassign: 8h',
    'reassign: 8h, expire: { after: 40h, reason: not-nov }',
    ['handoff.yaml:16:81: there is no reason "not-nov" under "reject"; did you mean "not-now"?'],
  ],
  [
    'an end without a reason',
    'reassign: 8h',
    'reassign: 8h, expire: { after: 40h }',
    ['handoff.yaml:16:51: "reason" is missing'],
  ],
])('%s', (_name, from, to, faults) => {
  expect(told(from, to)).toEqual(faults)
})
