import { expect, test } from 'vitest'
import { mapStep } from '../../../domain/sequence/migrate-run.ts'
import { branch, parseSteps, type RawStep } from './raw-steps.ts'

const email = (id: string): RawStep => ({ email: id })
const wait = (days: number): RawStep => ({ wait: `${days}d` })
const fork = (yes: readonly RawStep[], no: readonly RawStep[]): RawStep => branch('consented', yes, no)

const from = parseSteps([
  email('a'),
  wait(3),
  fork([email('b'), wait(1)], [email('c'), wait(2)]),
  email('d'),
  wait(4),
])
// 0 a, 1 wait, 2 branch, 3 b, 4 wait, 5 jump, 6 c, 7 wait, 8 d, 9 wait

test.each([
  ['the same email, another wait', 1, [email('a'), wait(5), email('x')], 1],
  ['an email put before it', 1, [email('x'), wait(1), email('a'), wait(3)], 3],
  [
    'its email is gone: the one before on its own way',
    7,
    [email('a'), wait(1), wait(2), email('b'), wait(1)],
    2,
  ],
  ['the branch not taken does not count', 7, [email('a'), wait(1), email('b'), wait(9)], 1],
  ['the last email of both', 9, [email('d'), wait(1)], 1],
  ['no wait follows it any more: right behind it', 1, [email('a'), email('x')], 0],
])('a run goes on after %s', (_name, step, to, place) => {
  expect(mapStep(from, step, parseSteps(to))).toBe(place)
})

test('where the versions share no email, nobody can tell', () => {
  expect(mapStep(from, 9, parseSteps([email('x'), wait(1)]))).toBeUndefined()
})

test('before the first email the waits are counted', () => {
  const slow = parseSteps([wait(1), email('a'), wait(2)])
  expect(mapStep(slow, 0, parseSteps([wait(9), email('x'), email('a')]))).toBe(0)
  expect(mapStep(slow, 0, parseSteps([email('x'), wait(9), email('a')]))).toBe(-1)
})
