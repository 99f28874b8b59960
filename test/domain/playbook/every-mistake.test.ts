import { describe, expect, test } from 'vitest'
import { faultLine } from '../../../domain/playbook/fault.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { changed, smallPlaybook } from './small-playbook.ts'

const told = (files: ReadonlyMap<string, string>) => parsePlaybook(files).faults.map(faultLine)
const toldOf = (qualify: string) =>
  parsePlaybook(
    changed('handoff.yaml', 'score >= 60 && stageAtLeast("intent") && consented', qualify),
  ).faults.map(({ message }) => message)

describe('one run tells every unknown name of a condition', () => {
  test('names of stages, bands, grades, emails and activity types', () => {
    expect(
      toldOf(
        'stageAtLeast("intend") && band == "hott" && grade == "E9" && stage == "intend" && daysSince("demo.requestd") < 5 && opened("welcom")',
      ),
    ).toEqual([
      'unknown stage "intend"; did you mean "intent"?',
      'unknown band "hott"; did you mean "hot"?',
      'unknown grade "E9"',
      'unknown stage "intend"; did you mean "intent"?',
      'unknown activity type "demo.requestd"; did you mean "demo.requested"?',
      'unknown email "welcom"; did you mean "welcome"?',
    ])
  })

  test('variables, functions and attributes', () => {
    expect(toldOf('lead.contry == "x" && unknownA && unknownB > 3 && foo(1) && lead.x.bar()')).toEqual([
      'unknown attribute "contry"; did you mean "country"?',
      'unknown name "unknownA"; names and texts need quotes: "unknownA"',
      'unknown name "unknownB"; names and texts need quotes: "unknownB"',
      'unknown function "foo"; there is: stageAtLeast, phaseAtLeast, did, count, daysSince, opened, clicked, has, size',
      'unknown function "bar"',
    ])
  })

  test('and a fault of another sort besides', () => {
    expect(toldOf('did("demo.requested", "7 days") && band == "hott"')).toEqual([
      '"7 days" is not a duration: write 90m, 4h, 3d or 2w',
      'unknown band "hott"; did you mean "hot"?',
    ])
  })
})

describe('a broken scoring.yaml is told alone', () => {
  test.each([
    ['engagement: []\nbands: { cold: zero, hot: 60 }\nfit: []\n'],
    ['fit: [\n'],
    ['fit: []\nengagement: []\n'],
  ])('%j', (scoring) => {
    const handoff = (smallPlaybook().get('handoff.yaml') ?? '').replace(
      'score >= 60',
      'score >= 60 && band == "hot"',
    )
    const lines = told(smallPlaybook({ 'scoring.yaml': scoring, 'handoff.yaml': handoff }))
    expect(lines).not.toEqual([])
    expect(lines.filter((line) => !line.startsWith('scoring.yaml:'))).toEqual([])
  })
})

test('kinds of attributes are known only where all that give them agree', () => {
  const field = (type: string) =>
    `  - { name: employees, type: ${type}, label: { de: A, en: B } }\n  - name: plant`
  const withField = (type: string) => {
    const files = changed('forms/newsletter.yaml', '  - name: plant', field(type))
    const scoring = files.get('scoring.yaml') ?? ''
    return told(
      files.set('scoring.yaml', scoring.replace('lead.country in ["DE", "AT"]', 'lead.employees == "1-10"')),
    )
  }
  expect(withField('number')).toEqual([
    expect.stringMatching(/^scoring\.yaml:2:\d+: lead\.employees is a number; "1-10" is a text$/),
  ])
  expect(withField('text')).toEqual([])
})
