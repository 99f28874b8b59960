import { describe, expect, test } from 'vitest'
import { faultLine } from '../../../domain/playbook/fault.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { positionAt } from '../../../domain/playbook/yaml-file.ts'
import { smallPlaybook } from './small-playbook.ts'

const fit = '  - { id: dach, when: \'lead.country == "DE"\', points: 10 }'
const demo = '  - { id: demo, on: demo.requested, points: 30, halfLife: 30d }'
const bands = 'bands: { cold: 0, warm: 30 }'

interface Parts {
  readonly fit?: string
  readonly engagement?: string
  readonly more?: string
}

const file = (parts: Parts): string =>
  ['fit:', parts.fit ?? fit, 'engagement:', parts.engagement ?? demo, parts.more ?? '', bands, ''].join('\n')

const told = (text: string): readonly string[] =>
  parsePlaybook(smallPlaybook({ 'scoring.yaml': text }))
    .faults.filter(({ file }) => file === 'scoring.yaml')
    .map(faultLine)

/** `«»` marks the place of the mistake. */
const expectTold = (parts: Parts, message: string): void => {
  const marked = file(parts)
  const { line, column } = positionAt(marked, marked.indexOf('«»'))
  expect(told(marked.replace('«»', ''))).toEqual([`scoring.yaml:${line}:${column}: ${message}`])
}

const rule = (text: string): Parts => ({ engagement: `  - { id: view, on: page.viewed, ${text} }` })

describe('scoring.yaml', () => {
  test('may say everything there is to say', () => {
    const text = file({
      fit: "  - { id: size, when: 'lead.employees >= 100', points: 10, unknown: -5 }",
      engagement: `  - { id: order, on: order.completed, points: 'double(activity.amount) / 100', expires: 90d, cap: { points: 40, per: day } }
  - { id: view, on: page.viewed, points: 1, halfLife: 14d, group: web, cap: [ { points: 3, per: day }, { points: 9, per: 7d } ] }
  - { id: pricing, on: page.viewed, points: 5, group: web }
  - { id: first, on: demo.requested, points: 30, first: true, max: false }
  - { id: best, on: offer.rated, points: 'activity.rating * 3', max: true }`,
      more: `groups: { web: { cap: { points: 20, per: day }, max: true } }
cap: [ { points: 80, per: day }, { points: 200, per: 30d } ]
grades: { fit: [30, 20, 10], engagement: [60, 30, 15] }`,
    })
    expect(told(text)).toEqual([])
    const { playbook } = parsePlaybook(smallPlaybook({ 'scoring.yaml': text }))
    expect(playbook?.scoring).toMatchObject({
      fit: [{ id: 'size', unknown: -5 }],
      engagement: [
        {
          points: 'double(activity.amount) / 100',
          expires: 90 * 86_400_000,
          cap: { points: 40, per: 'day' },
        },
        { cap: [{ per: 'day' }, { per: 7 * 86_400_000 }], group: 'web' },
        { id: 'pricing' },
        { first: true },
        { max: true },
      ],
      groups: { web: { cap: { points: 20, per: 'day' }, max: true } },
      cap: [{ points: 80 }, { points: 200 }],
      grades: { fit: [30, 20, 10], engagement: [60, 30, 15] },
    })
  })

  test.each<readonly [Parts, string]>([
    [rule("points: '«»activty.amount / 100'"), 'unknown name "activty"; did you mean "activity"?'],
    [rule("points: '«»activity.amount / true'"), 'these do not go together: anything / true or false'],
    [rule("points: '«»activity.amount > 5'"), 'a number is needed; this is bool'],
    [rule("points: '«»'"), 'the expression is empty'],
    [rule('points: «»[5]'), 'points are a number, or an expression in quotes that gives one'],
    [rule('points: «»1000001'), 'must be at most 1000000'],
    [
      rule('points: \'count("«»page.viewd")\''),
      'warning: unknown activity type "page.viewd"; did you mean "page.viewed"?',
    ],
    [rule('points: 5, cap: { points: «»0, per: 7d }'), 'must be more than 0'],
    [
      rule('points: 5, cap: { points: 5, per: «»week }'),
      'write day (a calendar day of the company), or a duration: 90m, 4h, 3d, 2w',
    ],
    [rule('points: 5, cap: «»5'), 'expected a mapping, found a number'],
    [rule('points: 5, cap: «»[]'), 'needs at least 1'],
    [
      rule('points: 5, cap: [ { points: 5, per: 1d }, { points: 9, per: «»1d } ]'),
      'there is a cap for 1d already: only the lower one counts',
    ],
    [rule('points: 5, halfLife: 3d, «»expires: 9d'), 'use either "halfLife" or "expires", not both'],
    [
      rule('points: 5, halfLife: 9d, first: true, «»max: true'),
      'a rule that counts once ("first") has no other award to choose from',
    ],
    [
      rule('points: 5, first: true, «»cap: { points: 3, per: day }'),
      'a rule that counts once ("first") needs no cap: lower its points instead',
    ],
    [
      rule('points: 5, halfLife: 9d, max: true, «»cap: { points: 3, per: day }'),
      'only one award of a rule with "max" counts, so a cap has no effect: lower its points instead',
    ],
    [
      rule('points: 5, «»max: true'),
      'warning: every award of this rule is worth the same: "first: true" says so more clearly',
    ],
    [rule('points: 5, first: «»yes'), 'expected true or false, found a string'],
    [rule('points: 5, group: «»web'), 'there is no group "web": list it under "groups"'],
    [
      { ...rule('points: 5, group: «»wev'), more: 'groups: { web: { cap: { points: 5, per: day } } }' },
      'unknown group "wev"; did you mean "web"?',
    ],
    [
      { ...rule('points: 5, group: web'), more: 'groups: { web: «»{} }' },
      'a group without "cap" or "max: true" has no effect',
    ],
    [
      { ...rule('points: 5, group: web'), more: 'groups: { «»web: { max: true } }' },
      'warning: the group has no effect: no two of its rules count the same activity type, so "max" has no effect',
    ],
    [{ more: 'groups: { «»web: { max: true } }' }, 'warning: the group has no effect: no rule belongs to it'],
    [
      {
        ...rule('points: 5, group: web'),
        more: 'groups: { web: { cap: { points: 5, per: day }, «»most: true } }',
      },
      'unknown key "most"',
    ],
    [{ more: 'cap: { points: 5, per: day, «»poins: 3 }' }, 'unknown key "poins"; did you mean "points"?'],
    [{ more: 'grades: { fit: «»[10, 20, 30] }' }, 'three descending numbers are needed'],
    [{ more: 'grades: { fit: «»[30, 30, 10] }' }, 'three descending numbers are needed'],
    [{ more: 'grades: { fit: [30, 20, «»low] }' }, 'expected a number, found a string'],
    [
      { fit: '  - { id: dach, when: \'did("page.viewed")\', points: 10, «»unknown: 5 }' },
      'the condition mentions no attribute',
    ],
  ])('%j: %s', (parts, message) => {
    expectTold(parts, message)
  })
})
