import { expect, test } from 'vitest'
import { diffLines } from '../../../../console/ui/code/code-mirror.ts'

/** `-2 b`: line 2 went; `…`: lines are left out. */
const shown = (before: string, after: string): readonly string[] =>
  diffLines(before, after, 1).map((line) => {
    if (!line) return '…'
    const sign = { same: ' ', gone: '-', come: '+' }[line.kind]
    return `${sign}${line.line} ${line.text}`
  })

test.each<[string, string, string, readonly string[]]>([
  ['a line that changed', 'a\nb\nc\nd\ne', 'a\nb\nC\nd\ne', ['…', ' 2 b', '-3 c', '+3 C', ' 4 d', '…']],
  ['a line that came', 'a\nb', 'a\nx\nb', [' 1 a', '+2 x', ' 3 b']],
  ['a line that went', 'a\nx\nb', 'a\nb', [' 1 a', '-2 x', ' 2 b']],
  ['a line at the end', 'a\n', 'a\nb\n', [' 1 a', '+2 b', ' 3 ']],
  ['a line at the end without a break', 'a', 'a\nb', ['-1 a', '+1 a', '+2 b']],
  ['a file that is new', '', 'a\nb', ['+1 a', '+2 b']],
  ['a file that goes', 'a\nb', '', ['-1 a', '-2 b']],
  ['nothing', 'a\nb', 'a\nb', []],
])('%s', (_, before, after, lines) => {
  expect(shown(before, after)).toEqual(lines)
})
