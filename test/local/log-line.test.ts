import { expect, it } from 'vitest'
import { shortLine } from '../../local/log-line.ts'

it.each([
  [{ message: 'request failed', error: { name: 'E', message: 'no' } }, 'request failed: E: no'],
  [{ errorType: 'TypeError', errorMessage: 'no', trace: ['at x'] }, 'TypeError: no'],
  [{ message: 'no' }, 'no'],
])('of a structured error people see its message and reason', (entry, text) => {
  expect(shortLine(JSON.stringify({ level: 'ERROR', service: 's', ...entry }))).toBe(text)
})

it('anything else is shown as it is, but not at any length', () => {
  expect(shortLine('ERROR {"level"')).toBe('ERROR {"level"')
  expect(shortLine('{"level":"WARN","message":"w"}')).toBe('{"level":"WARN","message":"w"}')
  expect(shortLine('x'.repeat(5000))).toHaveLength(1000)
})
