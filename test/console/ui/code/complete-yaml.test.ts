import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  completeCondition,
  completeLiquid,
  completeYaml,
  type Knowledge,
  placeIn,
  schemaOf,
} from '../../../../console/ui/code/complete-yaml.ts'

const names = {
  emails: ['welcome', 'guide'],
  teams: ['dach'],
  sequences: ['interest'],
  segments: ['quiet'],
  bands: ['cold', 'hot'],
  attributes: ['firstName', 'employees'],
  activityTypes: ['demo.requested'],
}

const knowing = (file: string): Knowledge => ({
  schema: JSON.parse(readFileSync(`templates/schema/${schemaOf(file)}`, 'utf8')),
  names,
  stages: ['awareness', 'interest'],
})

/** What is offered where `|` stands. */
const offered = (file: string, text: string): readonly string[] => {
  const completion = completeYaml(text.slice(0, text.indexOf('|')), knowing(file))
  return completion?.options.map(({ label }) => label) ?? []
}

const sequence = 'sequences/interest.yaml'

test.each([
  ['', [], 'key'],
  ['id: interest\n', [], 'key'],
  ['enter:\n  sta', ['enter'], 'key'],
  ['enter: { sta', ['enter'], 'key'],
  ['enter: { stage: in', ['enter', 'stage'], 'value'],
  ['steps:\n  - email: wel', ['steps', '-', 'email'], 'value'],
  ['steps:\n  - ', ['steps', '-'], 'key'],
  ['steps:\n  - wait: 3d\n  - em', ['steps', '-'], 'key'],
  ['steps:\n  - if: consented\n    th', ['steps', '-'], 'key'],
  ['steps:\n  - if: consented\n    then: [ { email: w', ['steps', '-', 'then', '-', 'email'], 'value'],
  ['steps:\n  - if: consented\n    then:\n      - email: a\n      - em', ['steps', '-', 'then', '-'], 'key'],
  ['steps:\n  - wait: 3d\ngo', [], 'key'],
  ['steps:\n- wait: 3d\n- em', ['steps', '-'], 'key'],
  ['reenter: ne', ['reenter'], 'value'],
  ['goal: \'did("de', ['goal'], 'value'],
] as const)('%j is at %j', (text, path, kind) => {
  expect(placeIn(text)).toMatchObject({ path, kind })
})

test('keys come from the schema, those that stand there already left out', () => {
  const keys = offered(sequence, 'id: interest\nreenter: never\n|')
  expect(keys).toEqual(expect.arrayContaining(['enter', 'goal', 'steps']))
  expect(keys).not.toContain('id')
  expect(offered(sequence, 'steps:\n  - if: consented\n    |')).toEqual(
    expect.arrayContaining(['then', 'else']),
  )
  expect(offered(sequence, 'steps:\n  - if: consented\n    |')).not.toContain('email')
  expect(offered(sequence, 'steps:\n  - |')).toEqual(
    expect.arrayContaining(['email', 'wait', 'split', 'notify']),
  )
})

test('values come from the schema, and names from the playbook', () => {
  expect(offered(sequence, 'enter: { stage: |')).toEqual(expect.arrayContaining(['awareness', 'purchase']))
  expect(offered(sequence, 'reenter: |')).toEqual(['never', 'always'])
  expect(offered(sequence, 'steps:\n  - email: we|')).toEqual(['welcome', 'guide'])
  expect(offered(sequence, 'steps:\n  - notify: { team: |')).toEqual(['dach'])
  expect(offered(sequence, 'enter: { segment: |')).toEqual(['quiet'])
  expect(offered('scoring.yaml', 'engagement:\n  - id: demo\n    on: |')).toEqual(['demo.requested'])
  expect(offered('handoff.yaml', 'require: [|')).toEqual(names.attributes)
  expect(offered('settings.yaml', 'company: { |')).toEqual(
    expect.arrayContaining(['name', 'address', 'imprint']),
  )
})

test('nothing is offered in a comment, or in a file that no schema is known of', () => {
  expect(offered(sequence, '# the |')).toEqual([])
  expect(completeYaml('a', { ...knowing(sequence), schema: undefined })).toBeUndefined()
})

test.each([
  ['', 'did'],
  ['score >= 40 && ', 'consented'],
  ['lead.', 'firstName'],
  ['has(lead.emp', 'employees'],
  ['did("', 'demo.requested'],
  ['clicked("we', 'welcome'],
  ['stageAtLeast("', 'interest'],
  ['band == "', 'hot'],
])('in a condition, %j goes on with %s', (typed, label) => {
  const completion = completeCondition(typed, knowing(sequence))
  expect(completion?.options.map((option) => option.label)).toContain(label)
})

test('in a text of a condition nothing is offered, and what is typed is replaced', () => {
  expect(completeCondition('lead.country == "', knowing(sequence))).toBeUndefined()
  expect(completeCondition('score > 3 && lead.emp', knowing(sequence))?.from).toBe(
    'score > 3 && lead.'.length,
  )
  const text = 'exit: \'stageAtLeast("int'
  expect(completeYaml(text, knowing(sequence))).toMatchObject({ from: text.length - 'int'.length })
})

test('emails know what stands behind the braces', () => {
  const { from, options = [] } = completeLiquid('<mj-text>Hi {{ lead.fi', knowing(sequence)) ?? {}
  expect(from).toBe('<mj-text>Hi {{ '.length)
  expect(options.map(({ label }) => label)).toEqual(
    expect.arrayContaining(['lead.firstName', 'links.unsubscribe']),
  )
  expect(completeLiquid('<mj-text>Hi lead.', knowing(sequence))).toBeUndefined()
})
