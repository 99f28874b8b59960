import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, didYouMeanOneOf, nearestName } from '../../domain/model/did-you-mean.ts'

const stages = ['awareness', 'interest', 'consideration', 'intent', 'evaluation', 'purchase']

describe('the nearest name', () => {
  it.each([
    ['intrest', 'interest'],
    ['intetn', 'intent'],
    ['Awareness', 'awareness'],
    ['evaluatoin', 'evaluation'],
    ['consider', 'consideration'],
    ['closing', undefined],
    ['x', undefined],
    ['', undefined],
  ])('of %j is %j', (name, nearest) => {
    expect(nearestName(name, stages)).toBe(nearest)
  })

  it('is the one with the fewest edits, the first of several', () => {
    expect(nearestName('welcom', ['welcoms', 'welcome', 'come'])).toBe('welcoms')
    expect(nearestName('bat', ['cats', 'bit', 'bet'])).toBe('bit')
  })

  it('is found for every slip of one key', () => {
    const slip = fc.tuple(
      fc.constantFrom(...stages),
      fc.nat(),
      fc.constantFrom('drop', 'double', 'swap', 'replace'),
    )
    fc.assert(
      fc.property(slip, ([stage, seed, kind]) => {
        const at = seed % (stage.length - 1)
        const [head, letter, next, tail] = [
          stage.slice(0, at),
          stage.charAt(at),
          stage.charAt(at + 1),
          stage.slice(at + 2),
        ]
        const middle = {
          drop: next,
          double: letter + letter + next,
          swap: next + letter,
          replace: `_${next}`,
        }[kind]
        const slipped = head + middle + tail
        if (slipped !== stage) expect(nearestName(slipped, stages)).toBe(stage)
      }),
    )
  })

  it('is not looked for in names longer than any real one', () => {
    expect(nearestName('a'.repeat(100_000), [`${'a'.repeat(99_999)}b`])).toBeUndefined()
  })
})

describe('what is told', () => {
  it('is a question, or all there is where that is little', () => {
    expect(didYouMean('intrest', stages)).toBe('; did you mean "interest"?')
    expect(didYouMean('xyz', stages)).toBe('')
    expect(didYouMeanOneOf('xyz', ['cold', 'hot'])).toBe('; there is: cold, hot')
    expect(didYouMeanOneOf('xyz', [])).toBe('')
  })
})
