import { describe, expect, test } from 'vitest'
import { compileCondition } from '../../../domain/condition/compile-condition.ts'

const faultOf = (source: string, kind: 'lead' | 'activity' = 'lead') => {
  const result = compileCondition(source, kind)
  return result.type === 'fault' ? result : undefined
}

describe('a condition that cannot be right is a fault at its place', () => {
  test.each([
    ['', 0, /empty/],
    ['score >=', 8, /Unexpected token/],
    ['did("a.b"', 9, /RPAREN/],
    ['score > 3 && scor > 4', 13, /unknown name "scor"/],
    ['activity.path == "/"', 0, /unknown name "activity"/],
    ['score > 3 && didd("a.b")', 13, /unknown function "didd"/],
    ['did(3)', 0, /did\(int\)/],
    ['did(lead.x)', 4, /written out/],
    ['did("a.b", "7 days")', 12, /not a duration/],
    ['true || did("a.b", "0d")', 20, /not a duration/],
    ['stageAtLeast("intend")', 14, /unknown stage "intend"/],
    ['"a" == 1', 0, /string == int/],
    ['score', 0, /true or false/],
    ['score && true', 0, /bool/],
    ['lead.x.startsWidth("a")', 0, /startsWidth/],
    ['has(score)', 4, /has\(\)/],
    ['lead.x.matches("(a+)+$")', 16, /group cannot be repeated/],
    ['lead.x.matches("(a|a)*$")', 16, /group cannot be repeated/],
    ['lead.x.matches("a*b*c*")', 16, /at most 2/],
    ['lead.x.matches("(")', 16, /not a regular expression/],
    ['lead.x.matches(lead.y)', 15, /written out/],
    ['lead.a.exists(a, a.exists(b, b.exists(c, c == 1)))', 29, /nested 2 deep/],
  ])('%s', (source, offset, message) => {
    const fault = faultOf(source)
    expect(fault?.message).toMatch(message)
    expect(fault?.offset).toBe(offset)
  })

  test('unknown names come with those that would be right', () => {
    expect(faultOf('scor > 4')?.unknown).toMatchObject({
      name: 'scor',
      known: expect.arrayContaining(['score']),
    })
    expect(faultOf('stageAtLeast("intend")')?.unknown?.known).toContain('intent')
    expect(faultOf('didd("x.y")')?.unknown?.known).toContain('did')
  })

  test('size is bounded', () => {
    expect(faultOf(`${'('.repeat(1000)}true${')'.repeat(1000)}`)?.message).toMatch(/maxDepth/)
    expect(faultOf(Array(10_000).fill('true').join(' && '))?.message).toMatch(/longer than 4000/)
    expect(faultOf(Array(600).fill('true').join('&&'))).toBeUndefined()
  })
})

describe('a condition tells what it mentions', () => {
  const mentionsOf = (source: string, kind: 'lead' | 'activity' = 'lead') => {
    const result = compileCondition(source, kind)
    if (result.type === 'fault') throw new Error(result.message)
    return result.condition.mentions
  }

  test('with the offset of each name in the source', () => {
    const source =
      'lead.country == "DE" || did("a.b", "7d") || count("c.d") > 2 || daysSince("e.f") < 2 || opened("welcome") || stageAtLeast("intent") || stage in ["interest", "purchase"] || band == "hot" || "A1" == grade || lead["zip code"] == ""'
    const mentions = mentionsOf(source)
    const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name)
    expect(names(mentions.attributes)).toEqual(['country', 'zip code'])
    expect(mentions.types).toMatchObject([
      { name: 'a.b', within: 604_800_000 },
      { name: 'c.d' },
      { name: 'e.f' },
    ])
    expect(names(mentions.emails)).toEqual(['welcome'])
    expect(names(mentions.stages)).toEqual(['intent', 'interest', 'purchase'])
    expect(names(mentions.bands)).toEqual(['hot'])
    expect(names(mentions.grades)).toEqual(['A1'])
    for (const { name, offset } of Object.values(mentions).flat()) {
      expect(source.slice(offset, offset + name.length)).toBe(name)
    }
  })

  test('names bound by a comprehension are its own', () => {
    const { variables } = mentionsOf('lead.tags.exists(t, t == "x" && score > 1)')
    expect(variables.map(({ name }) => name)).toEqual(['lead', 'score'])
  })

  test('in where, properties too', () => {
    expect(mentionsOf('activity.path == "/" && activity.seconds > 1', 'activity').properties).toEqual([
      { name: 'path', offset: 9 },
      { name: 'seconds', offset: 33 },
    ])
  })
})

test.each([
  ['true', true],
  ['1 > 2', false],
  ['1 > 2 && did("a.b")', false],
  ['did("a.b") || !(1 > 2)', true],
  ['!(true && 1 < 2)', false],
  ['did("a.b")', undefined],
  ['true && did("a.b")', undefined],
  ['lead.x == 1', undefined],
])('%s is constantly %s', (source, constant) => {
  const result = compileCondition(source, 'lead')
  expect(result.type === 'condition' && result.condition.constant).toBe(constant)
})
