import { expect, it } from 'vitest'
import { checkTeams } from '../../../domain/playbook/check-handoff.ts'
import { faultLine } from '../../../domain/playbook/fault.ts'
import { readYaml } from '../../../domain/playbook/yaml-file.ts'

const check = (text: string): readonly string[] =>
  checkTeams(
    readYaml('handoff.yaml', text.includes('route') ? text : `${text}\nroute: [{ team: dach }]`),
  ).map(faultLine)

const anna = 'name: Anna, email: anna@sales.example.com'
const ben = 'name: Ben, email: ben@sales.example.com'

it.each<[string, string, readonly string[]]>([
  [
    'somebody twice, whatever the case',
    `teams: { dach: { members: [{ ${anna} }, { name: A, email: Anna@Sales.example.com }] } }`,
    ['handoff.yaml:1:93: anna@sales.example.com is in this team already'],
  ],
  [
    'somebody in two teams',
    `teams: { a: { members: [{ ${anna} }] }, b: { members: [{ ${anna} }] } }\nroute: [{ team: a, when: x }, { team: b }]`,
    [],
  ],
  [
    'weights without "weighted"',
    `teams: { dach: { strategy: least-loaded, members: [{ ${anna}, weight: 2 }] } }`,
    ['handoff.yaml:1:97: warning: weights only count with "strategy: weighted"'],
  ],
  ['weights', `teams: { dach: { strategy: weighted, members: [{ ${anna}, weight: 2 }] } }`, []],
  [
    'a default team that can be full',
    `teams: { dach: { members: [{ ${anna}, capacity: 20 }, { ${ben}, capacity: 5 }] } }\nroute: [{ team: dach }]`,
    [
      'handoff.yaml:1:10: warning: with 25 open handoffs the team of the last route is full: further leads go to the member with the fewest, beyond their capacity; a "lead" would take them',
    ],
  ],
  [
    'one with a lead',
    `teams: { dach: { lead: { ${ben} }, members: [{ ${anna}, capacity: 20 }] } }\nroute: [{ team: dach }]`,
    [],
  ],
  [
    'one in which somebody always may have more',
    `teams: { dach: { members: [{ ${anna}, capacity: 20 }, { ${ben} }] } }\nroute: [{ team: dach }]`,
    [],
  ],
  [
    'a team that no route leads to',
    `teams: { a: { members: [{ ${anna} }] }, b: { members: [{ ${ben} }] } }\nroute: [{ team: a }]`,
    ['handoff.yaml:1:75: warning: no route leads to the team "b"'],
  ],
])('%s', (_name, text, expected) => {
  expect(check(text)).toEqual(expected)
})
