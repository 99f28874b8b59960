import { describe, expect, it } from 'vitest'
import { checkDeadlines } from '../../../domain/playbook/check-handoff.ts'
import { readYaml } from '../../../domain/playbook/yaml-file.ts'

const told = (text: string) =>
  checkDeadlines(readYaml('handoff.yaml', text)).map(
    ({ line, column, severity, message }) => `${line}:${column}: ${severity}: ${message}`,
  )

const handoff = (
  members: string,
  { lead = '', accept = 'remind: 2h, escalate: 4h, reassign: 8h', holidays = '[]' } = {},
) => `teams:
  dach:
    hours: { days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00" }
    holidays: ${holidays}
    members: ${members}
${lead}
route: [{ team: dach }]
accept: { ${accept} }
`
const one = '[{ name: Anna, email: anna@s.example }]'
const two = '[{ name: Anna, email: anna@s.example }, { name: Ben, email: ben@s.example }]'
const lead = '    lead: { name: Lea, email: lea@s.example }'
const list = (...ranges: readonly (readonly [string, number, number])[]) =>
  `[${ranges.flatMap(([month, from, to]) => Array.from({ length: to - from + 1 }, (_, day) => `${month}-${String(from + day).padStart(2, '0')}`)).join(', ')}]`

describe('what deadlines need of a team', () => {
  it('is there with a lead, or where nothing is escalated or given to others', () => {
    expect(told(handoff(one, { lead }))).toEqual([])
    expect(told(handoff(one, { accept: 'remind: 2h' }))).toEqual([])
    expect(told(handoff(two, { accept: 'remind: 2h, reassign: 4h' }))).toEqual([])
  })

  it('is somebody to escalate to, and somebody else to give it to', () => {
    const nobody = '2:3: warning: "escalate" has no effect: the team "dach" has no "lead"'
    expect(told(handoff(two))).toEqual([nobody])
    expect(told(handoff(one))).toEqual([
      nobody,
      '2:3: warning: "reassign" has no effect: the team "dach" has one member and no "lead"',
    ])
  })

  it('is not asked of a team that no route leads to', () => {
    expect(told(handoff(two).replace('team: dach', 'team: other'))).toEqual([])
  })

  it('is a day with business hours every fortnight', () => {
    const christmas = list(['2026-12', 21, 31], ['2027-01', 1, 8])
    expect(told(handoff(two, { lead, holidays: christmas }))).toEqual([
      '4:16: warning: the team "dach" is closed for 21 days from here on: no deadline passes before 2027-01-11',
    ])
    expect(told(handoff(two, { lead, holidays: list(['2026-12', 24, 31]) }))).toEqual([])
  })

  it('is not looked for where dates or weekdays are none: the schema tells of those', () => {
    expect(told(handoff(two, { lead, holidays: '[soon, 2026-02-31, 7]' }))).toEqual([])
    expect(
      told(handoff(two, { lead, holidays: '[2026-12-25]' }).replace(/days: \[.*?\]/, 'days: [x]')),
    ).toEqual([])
  })
})
