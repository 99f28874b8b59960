import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTooFast } from '../../../domain/form/submission.ts'
import { formStamps } from '../../../functions/adapters/link-keys.ts'
import { oneKey } from '../fakes/link-keys.ts'

const at = '2026-03-02T09:00:00.000Z'
const stamps = formStamps(oneKey('a secret'))

describe('a stamp', () => {
  test('says when it was issued', () => {
    expect(stamps.read(stamps.issue(at))).toBe(at)
  })

  test('of another secret, or changed by one character, says nothing', () => {
    expect(formStamps(oneKey('another')).read(stamps.issue(at))).toBeUndefined()
    const stamp = stamps.issue(at)
    fc.assert(
      fc.property(fc.nat(stamp.length - 1), fc.constantFrom(...'09AZaz-_.'), (index, character) => {
        const changed = stamp.slice(0, index) + character + stamp.slice(index + 1)
        expect(stamps.read(changed)).toBe(changed === stamp ? at : undefined)
      }),
    )
  })
})

test.each([
  ['within two seconds', '2026-03-02T09:00:01.999Z', true],
  ['after two seconds', '2026-03-02T09:00:02.000Z', false],
  ['two days later', '2026-03-04T09:00:00.000Z', false],
  ['before it was shown', '2026-03-02T08:59:00.000Z', true],
])('a form that comes back %s', (_, now, tooFast) => {
  expect(isTooFast(at, now)).toBe(tooFast)
})

test('a form with a stamp that is not ours comes from no page of ours', () => {
  expect(isTooFast(undefined, at)).toBe(true)
})
