import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { readYaml } from '../../../domain/playbook/yaml-file.ts'
import { runs } from '../../support/runs.ts'

/** Where the fault for `offset` into the value at `key` points: the rest of that line. */
const pointed = (text: string, path: readonly (string | number)[], offset?: number): string => {
  const { line, column } = readYaml('a.yaml', text).fault(path, 'x', offset === undefined ? {} : { offset })
  return (text.split('\n')[line - 1] ?? '').slice(column - 1)
}

describe('pointing into a string', () => {
  const condition = 'did("a") && scor > 1'
  const offset = condition.indexOf('scor')

  it.each([
    ['plain', `k: did("a") && scor > 1`],
    ['single-quoted', `k: 'did("a") && scor > 1'`],
    ['double-quoted', String.raw`k: "did(\"a\") && scor > 1"`],
    ['with other escapes', String.raw`k: "\x64id(\u0022a\U00000022) && scor > 1"`],
    ['literal', 'k: |\n  did("a") && scor > 1\n'],
    ['literal, stripped and commented', 'k: |- # why\n    did("a") && scor > 1'],
    ['folded', 'k: >-\n  did("a")\n  && scor > 1\n'],
    ['plain over lines', 'k: did("a")\n  && scor > 1'],
    ['quoted over lines', 'k: "did(\\"a\\") \\\n   && scor > 1"'],
    ['behind an alias', `z: &x 'did("a") && scor > 1'\nk: *x`],
    ['with line ends of Windows', 'k: >-\r\n  did("a")\r\n  && scor > 1\r\n'],
  ])('%s', (_, text) => {
    expect(pointed(text, ['k'], offset)).toMatch(/^scor > 1/)
  })

  it("counts '' as one", () => {
    expect(pointed(`k: 'a == ''b'' && scor'`, ['k'], `a == 'b' && `.length)).toBe(`scor'`)
  })

  it('finds a letter in whatever way YAML writes the text around it', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '"', "'", '\\', '\n', '#', ':', 'ü', '🙂', '\t'),
      maxLength: 30,
    })
    const style = fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_FOLDED', 'BLOCK_LITERAL')
    fc.assert(
      fc.property(
        part,
        part,
        style,
        fc.constantFrom(20, 80),
        (before, after, defaultStringType, lineWidth) => {
          const value = `${before}W${after}`
          const text = stringify({ k: value }, { defaultStringType, lineWidth })
          // The writer does not always fold what its reader unfolds to the same text.
          fc.pre(parse(text).k === value)
          const { line, column } = readYaml('a.yaml', text).fault(['k'], 'x', { offset: before.length })
          const rest = text
            .split('\n')
            .slice(line - 1)
            .join('\n')
            .slice(column - 1)
          expect(rest.charAt(0)).toBe('W')
        },
      ),
      { numRuns: runs(1000) },
    )
  })
})

describe('pointing at a place', () => {
  const text = 'list:\n  - { id: a, n: 1 }\n  - id: b\nmap:\n  key: value\n'

  it.each([
    [['list', 0, 'n'], '1 }'],
    [['list', 1, 'id'], 'b'],
    [['list', 1], 'id: b'],
    [['map', 'key'], 'value'],
  ])('%j', (path, rest) => {
    expect(pointed(text, path)).toBe(rest)
  })

  it('points at the nearest that exists where the rest of the path does not', () => {
    expect(pointed(text, ['list', 1, 'n'])).toBe('id: b')
    expect(pointed(text, ['list', 7, 'n'])).toBe('- { id: a, n: 1 }')
    expect(pointed(text, ['nothing'])).toBe('list:')
  })

  it('points at a key when asked to', () => {
    expect(readYaml('a.yaml', text, 10).fault(['map', 'key'], 'x', { at: 'key' })).toEqual({
      file: 'a.yaml',
      line: 15,
      column: 3,
      message: 'x',
      severity: 'error',
    })
  })
})
