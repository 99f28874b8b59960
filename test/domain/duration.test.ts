import { expect, it } from 'vitest'
import { parseDuration } from '../../domain/time/local-time.ts'

it.each([
  ['90m', 5_400_000],
  ['4h', 14_400_000],
  ['3d', 259_200_000],
  ['2w', 1_209_600_000],
])('%s is %d milliseconds', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})

it.each(['', 'd', '0d', '-1d', '1.5h', '3 d', '3D', '03d', '3s', '1d2h', '9999999d', '3d\n'])(
  '%j is none',
  (text) => {
    expect(parseDuration(text)).toBeUndefined()
  },
)
