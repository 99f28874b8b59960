import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Step } from '../../../domain/model/sequence.ts'
import { runs } from '../../support/runs.ts'
import { branch, parseSteps, type RawStep } from './raw-steps.ts'

describe('steps laid flat', () => {
  it('needs no jump after an if without an else, nor after the last way of a split', () => {
    expect(
      parseSteps([
        branch('a', [{ email: 'x' }]),
        { split: { name: 's', ways: { a: [{ email: 'y' }], b: [{ wait: '5m' }], c: [] } } },
        { wait: { until: '10:00' } },
      ]),
    ).toEqual([
      { type: 'branch', if: 'a', otherwise: 2 },
      { type: 'email', email: 'x' },
      {
        type: 'split',
        name: 's',
        ways: [
          { id: 'a', goto: 3 },
          { id: 'b', goto: 5 },
          { id: 'c', goto: 7 },
        ],
      },
      { type: 'email', email: 'y' },
      { type: 'jump', goto: 7 },
      { type: 'wait', for: 5 * 60_000 },
      { type: 'jump', goto: 7 },
      { type: 'wait-until', time: '10:00' },
    ])
  })

  it('is quick for steps nested deep', () => {
    let steps: RawStep[] = [{ email: 'x' }]
    for (let depth = 0; depth < 60; depth += 1)
      steps = [{ split: { name: `s${depth}`, ways: { a: steps, b: [] } } }]
    expect(parseSteps(steps)).toHaveLength(121)
  })
})

/** Emails in the order in which a run meets them; `choices` decides at each fork. */
const sentFlat = (program: readonly Step[], choices: readonly number[]): readonly string[] => {
  const sent: string[] = []
  let fork = 0
  let at = 0
  while (at < program.length) {
    const step = program[at]
    if (step === undefined) break
    const choice = choices[fork] ?? 0
    let next = at + 1
    if (step.type === 'email') sent.push(step.email)
    if (step.type === 'jump') next = step.goto
    if (step.type === 'branch' || step.type === 'split') fork += 1
    if (step.type === 'branch' && choice % 2 === 1) next = step.otherwise
    if (step.type === 'split') next = step.ways[choice % step.ways.length]?.goto ?? next
    if (next <= at) throw new Error('a step back')
    at = next
  }
  return sent
}

/** The same from the nested steps. */
const sentNested = (steps: readonly RawStep[], choices: readonly number[]): readonly string[] => {
  let fork = 0
  const choose = (): number => {
    fork += 1
    return choices[fork - 1] ?? 0
  }
  const walk = (list: readonly RawStep[]): readonly string[] =>
    list.flatMap((step): readonly string[] => {
      if ('email' in step) return [step.email]
      if ('if' in step) return walk(choose() % 2 === 1 ? (step.else ?? []) : step.then)
      if (!('split' in step)) return []
      const ways = Object.values(step.split.ways)
      const way = ways[choose() % ways.length] ?? []
      return walk('steps' in way ? way.steps : way)
    })
  return walk(steps)
}

const { steps: anySteps } = fc.letrec<{ step: RawStep; steps: RawStep[] }>((tie) => ({
  steps: fc.array(tie('step'), { maxLength: 4 }),
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ email: fc.string({ minLength: 1, maxLength: 3 }) }),
    fc.integer({ min: 1, max: 9999 }).map((minutes): RawStep => ({ wait: `${minutes}m` })),
    fc.tuple(tie('steps'), tie('steps')).map(([yes, no]) => branch('c', yes, no)),
    fc
      .tuple(tie('steps'), tie('steps'), tie('steps'))
      .map(([a, b, c]): RawStep => ({ split: { name: 's', ways: { a, b, c } } })),
  ),
}))

it('sends along every way what the nested steps say, and only goes forward', () => {
  fc.assert(
    fc.property(anySteps, fc.array(fc.nat(5), { maxLength: 12 }), (steps, choices) => {
      expect(sentFlat(parseSteps(steps), choices)).toEqual(sentNested(steps, choices))
    }),
    { numRuns: runs(1000) },
  )
})
