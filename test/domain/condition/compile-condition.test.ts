import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileCondition } from '../../../domain/condition/compile-condition.ts'
import { runs } from '../../support/runs.ts'

const faultOf = (source: string, kind: 'lead' | 'activity' = 'lead') => {
  const result = compileCondition(source, kind)
  return result.type === 'fault' ? result : undefined
}

describe('a condition that cannot be right is a fault at its place', () => {
  test.each([
    ['', 0, /empty/],
    ['score >=', 8, /ends too early/],
    ['did("a.b"', 3, /\( is not closed/],
    ['score > 3 && scor > 4', 13, /unknown name "scor"/],
    ['activity.path == "/"', 0, /unknown name "activity"/],
    ['score > 3 && didd("a.b")', 13, /unknown function "didd"/],
    ['did(3)', 0, /^did\(…\) is not for \(number\)$/],
    ['did(lead.x)', 4, /written out/],
    ['did("a.b", "7 days")', 12, /not a duration/],
    ['true || did("a.b", "0d")', 20, /not a duration/],
    ['stageAtLeast("intend")', 14, /unknown stage "intend"/],
    ['"a" == 1', 0, /^these do not go together: text == number$/],
    ['score', 0, /^a condition is true or false; this is number$/],
    ['lead', 0, /^a condition is true or false; this is object$/],
    ['lead.a.map(x, x)', 0, /^a condition is true or false; this is list$/],
    ['score && true', 0, /^true or false is needed here; this is number$/],
    ['lead.x.startsWidth("a")', 7, /unknown function "startsWidth"/],
    ['true || (lead.x) . startsWidth("a")', 19, /unknown function "startsWidth"/],
    ['true || stage.startsWith(3)', 8, /^startsWith\(…\) of text is not for \(number\)$/],
    ['true && score', 8, /^true or false is needed here; this is number$/],
    ['true && (score > 1 || ("yes"))', 23, /^true or false is needed here; this is text$/],
    ['did("a.b") && score > 1 && stage && consented', 27, /^true or false is needed here; this is text$/],
    ['consented && (score > 1 ? 1 : 2)', 14, /^true or false is needed here; this is number$/],
    ['lead.tags.all(t, t == 1 && (size(t)))', 28, /^true or false is needed here; this is number$/],
    ['true && !(fit)', 8, /^these do not go together: !number$/],
    ['did("a.b") && 5 > "x"', 14, /^these do not go together: number > text$/],
    ['score > 1 ||\n  stage > 3', 15, /^these do not go together: text > number$/],
    ['lead.tags.exists(t, size(t))', 20, /must return bool/],
    ['type(lead.x) == string', 16, /"string" is not available/],
    ['true || optional.none().hasValue()', 8, /"optional" is not available/],
    ['has(score)', 4, /has\(\)/],
    ['lead.x.matches("(a+)+$")', 16, /group cannot be repeated/],
    ['lead.x.matches("(a|a)*$")', 16, /group cannot be repeated/],
    ['lead.x.matches("a*b*c*")', 16, /at most 2/],
    ['lead.tags.exists(t, t.matches("^.*a.*b$"))', 31, /too many ways/],
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

  test('unknown methods too', () => {
    expect(faultOf('lead.x.startsWidth("a")')?.unknown).toMatchObject({
      name: 'startsWidth',
      known: expect.arrayContaining(['startsWith', 'matches', 'size']),
    })
  })
})

describe('size is bounded', () => {
  const nested = (open: string, close: string, depth: number): string =>
    `${open.repeat(depth)}true${close.repeat(depth)}`

  test.each([
    ['terms', Array(10_000).fill('true').join(' && '), 4000, 'longer than 4000 characters'],
    ['short terms', Array(1500).fill('1').join('+'), 0, 'the condition has more than 2000 parts'],
    ['parentheses', nested('(', ')', 1000), 40, 'nested more than 40 deep'],
    ['lists', nested('[', ']', 1000), 40, 'nested more than 40 deep'],
    ['maps', nested('{"a":', '}', 600), 196, 'nested more than 40 deep'],
    ['calls', nested('size(', ')', 600), 200, 'nested more than 40 deep'],
    ['choices', nested('true?', ':true', 300), 200, 'nested more than 40 deep'],
    ['steps into an attribute', `lead${'.a'.repeat(1900)} == 1`, 82, 'nested more than 40 deep'],
    ['elements', `score in [${Array(501).fill('1').join(',')}]`, 1010, 'a list of more than 500 elements'],
  ])('%s', (_, source, offset, message) => {
    expect(faultOf(source)).toMatchObject({ message, offset })
  })

  test('six hundred terms are fine', () => {
    expect(faultOf(Array(600).fill('true').join('&&'))).toBeUndefined()
  })
})

const anyToken = fc.constantFrom(
  ...[
    'lead',
    'activity',
    'score',
    'stage',
    'consented',
    'did',
    'count',
    'has',
    'size',
    'x',
    'string',
    'type',
  ],
  ...['(', ')', '[', ']', '{', '}', '.', ',', '?', ':', '!', '-', '+', '/', '%', '<', '==', '&&', '||', 'in'],
  ...[
    '"a.b"',
    '"7d"',
    "'x'",
    '1',
    '2.5',
    'true',
    'null',
    '.x',
    '.matches(',
    '.exists(',
    '.map(',
    'cel',
    '\n',
    '//',
  ],
)

test('no text makes the compiler throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(anyToken, { maxLength: 12 }).map((all) => all.join(' ')),
        fc.string(),
      ),
      (source) => {
        expect(['condition', 'fault']).toContain(compileCondition(source, 'activity').type)
      },
    ),
    { numRuns: runs(3000) },
  )
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
